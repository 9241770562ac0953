"""Every cmdlet and parameter that we write, as the help of Az.KeyVault and Az.Accounts has them."""

from __future__ import annotations

CERTIFICATE = {"VaultName", "Name"}
PARAMETERS: dict[str, set[str]] = {
    "Connect-AzAccount": {"Environment", "UseDeviceAuthentication", "Tenant", "Subscription"},
    "Invoke-AzRestMethod": {"Method", "Uri", "ResourceId", "Payload"},
    "New-AzKeyVaultCertificatePolicy": {
        *("IssuerName", "SubjectName", "DnsName", "RenewAtNumberOfDaysBeforeExpiry"),
        *("RenewAtPercentageLifetime", "SecretContentType", "ReuseKeyOnRenewal", "Disabled"),
        *("KeyUsage", "Ekus", "ValidityInMonths", "CertificateType"),
        *("EmailAtNumberOfDaysBeforeExpiry", "EmailAtPercentageLifetime", "KeyType", "KeySize"),
        *("KeyNotExportable", "CertificateTransparency", "Curve"),
    },
    "Add-AzKeyVaultCertificate": CERTIFICATE | {"CertificatePolicy", "Tag"},
    "Get-AzKeyVaultCertificate": CERTIFICATE
    | {"Version", "IncludeVersions", "InRemovedState", "IncludePending"},
    "Get-AzKeyVaultCertificateOperation": CERTIFICATE,
    "Get-AzKeyVaultCertificatePolicy": CERTIFICATE,
    "Import-AzKeyVaultCertificate": CERTIFICATE | {"FilePath", "Password", "Tag"},
    "Stop-AzKeyVaultCertificateOperation": CERTIFICATE | {"Force"},
    "Remove-AzKeyVaultCertificateOperation": CERTIFICATE | {"Force", "PassThru"},
    "Remove-AzKeyVaultCertificate": CERTIFICATE | {"InRemovedState", "Force", "PassThru"},
    "Undo-AzKeyVaultCertificateRemoval": CERTIFICATE,
    "Set-AzKeyVaultCertificateIssuer": CERTIFICATE
    | {"IssuerProvider", "AccountId", "ApiKey", "OrganizationDetails", "PassThru"},
    "Remove-AzKeyVaultCertificateIssuer": CERTIFICATE | {"Force", "PassThru"},
    "New-AzKeyVaultCertificateOrganizationDetail": {"Id", "AdministratorDetails"},
    "New-AzKeyVaultCertificateAdministratorDetail": {
        *("FirstName", "LastName", "EmailAddress", "PhoneNumber"),
    },
    "Copy-Item": {"LiteralPath", "Destination"},
    "Get-Item": {"LiteralPath"},
    "Set-Content": {"LiteralPath", "Encoding", "Value"},
    "Read-Host": {"Prompt", "AsSecureString"},
    "New-Object": set(),
    "Sort-Object": set(),
    "ForEach-Object": set(),
}

KEY_USAGES = {
    *("EncipherOnly", "CRLSign", "KeyCertSign", "KeyAgreement", "DataEncipherment"),
    *("KeyEncipherment", "NonRepudiation", "DigitalSignature", "DecipherOnly"),
}
"""X509KeyUsageFlags; PowerShell reads their names in upper and lower case."""

"""What services, tools and CAs say when something is wrong, and the cause that each is.

Facts of recordings, issue threads and documentation, stated anew; GUIDs and names are made up.
"""

from __future__ import annotations

ID = "11111111-2222-3333-4444-555555555555"
CALLER = f"appid={ID};oid={ID};iss=https://sts.windows.net/{ID}/"

SERVICE: tuple[tuple[int, str, str, str, str], ...] = (
    # status, code, innererror code, message, cause
    (
        401,
        "Unauthorized",
        "",
        "AKV10000: Request is missing a Bearer or PoP token.",
        "token-missing",
    ),
    (401, "Unauthorized", "", "Request is missing a Bearer or PoP token.", "token-missing"),
    (
        401,
        "Unauthorized",
        "",
        "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://graph.",
        "token-audience",
    ),
    (
        401,
        "Unauthorized",
        "",
        f"AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{ID}/, found x.",
        "token-issuer",
    ),
    (
        401,
        "Unauthorized",
        "",
        "AKV10046: Unable to resolve the key used for signature validation.",
        "token-signature",
    ),
    (401, "Unauthorized", "", "[TokenExpired] Error validating token: IDX10223", "token-expired"),
    (
        403,
        "Forbidden",
        "",
        f"The user, group or application '{CALLER}' does not have certificates create permission "
        "on key vault 'contoso;location=westeurope'. For help resolving this issue, please see x",
        "access-policy",
    ),
    (
        403,
        "Forbidden",
        "ForbiddenByPolicy",
        "The user does not have what it takes.",
        "access-policy",
    ),
    (
        403,
        "Forbidden",
        "ForbiddenByRbac",
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny "
        "assignments or role definitions were changed recently, please observe propagation time."
        f"\r\nCaller: {CALLER}\r\nAction: 'Microsoft.KeyVault/vaults/certificates/create/action'"
        "\r\nResource: 'x'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\n"
        "DecisionReason: 'DeniedWithNoValidRBAC' \r\nVault: contoso;location=westeurope\r\n",
        "rbac",
    ),
    (
        403,
        "Forbidden",
        "ForbiddenByFirewall",
        "Client address is not authorized and caller is not a trusted service.\r\n"
        f"Client address: 192.0.2.1\r\nCaller: {CALLER}\r\nVault: contoso;location=westeurope",
        "firewall",
    ),
    (
        403,
        "Forbidden",
        "ForbiddenByConnection",
        "Public network access is disabled and request is not from a trusted service nor via an "
        "approved private link.",
        "private-endpoint",
    ),
    (
        403,
        "Forbidden",
        "",
        "Pending status must be in progress to allow update.",
        "not-in-progress",
    ),
    (
        403,
        "Forbidden",
        "",
        "Merge is forbidden on pending object created with issuer : DigiCertCA while it is in "
        "progess.",
        "issuer-at-work",
    ),
    (
        403,
        "Forbidden",
        "SecretDisabled",
        "Operation get is not allowed on a disabled secret.",
        "secret-disabled",
    ),
    (
        404,
        "CertificateNotFound",
        "",
        "A certificate with (name/id) web was not found in this key vault. If you recently deleted "
        "this certificate you may be able to recover it using the correct recovery command. For "
        "help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
        "no-certificate",
    ),
    (404, "CertificateNotFound", "", "Certificate not found: web", "no-certificate"),
    (404, "CertificateNotFound", "", "Deleted Certificate not found: web", "no-deleted"),
    (404, "PendingCertificateNotFound", "", "Pending certificate not found: web", "no-request"),
    (404, "CertificateIssuerNotFound", "", "Issuer not found", "no-issuer-account"),
    (404, "ContactsNotFound", "", "Contacts not found", "no-contacts"),
    (405, "MethodNotAllowed", "", "HTTP POST not allowed", "empty-name"),
    (
        409,
        "Conflict",
        "",
        "A new key vault certificate can not be created or imported while a pending key vault "
        "certificate's status is inProgress.",
        "request-open",
    ),
    (
        409,
        "Conflict",
        "ObjectIsDeletedButRecoverable",
        "Certificate web is currently in a deleted but recoverable state, and its name cannot be "
        "reused; in this state, the certificate can only be recovered or purged.",
        "name-deleted",
    ),
    (
        409,
        "Conflict",
        "ObjectIsBeingDeleted",
        "Certificate web is currently being deleted.",
        "name-moving",
    ),
    (
        409,
        "Conflict",
        "",
        "There was a conflict while deleting the pending certificate",
        "deleting-request",
    ),
    (
        400,
        "BadParameter",
        "",
        "The public key of the end-entity certificate in the specified X.509 certificate content "
        "does not match the public part of the specified private key. Please check if certificate "
        "is valid.",
        "key-mismatch",
    ),
    (
        400,
        "BadParameter",
        "",
        "Unable to parse X5c certificate chain and locate leaf certificate",
        "unreadable-chain",
    ),
    (
        400,
        "BadParameter",
        "",
        "Property x5c has invalid value X5C must has at least one valid item",
        "no-certificates",
    ),
    (400, "BadParameter", "", "ASN1 bad tag value met", "asn1"),
    (
        400,
        "BadParameter",
        "",
        "Property policy.x509_props has invalid value. Invalid X.500 distinguished name\r\n",
        "x500-name",
    ),
    (400, "BadParameter", "", "Property policy has invalid value\r\n", "policy-invalid"),
    (400, "BadParameter", "", "Property  has invalid value\r\n", "too-many-tags"),
    (400, "BadParameter", "", "At most one action is allowed", "two-actions"),
    (
        400,
        "BadParameter",
        "",
        "The request URI contains an invalid name: www.domain.tld",
        "bad-name",
    ),
    (
        400,
        "BadParameter",
        "",
        "The specified version (7.3) is not recognized. Consider using the latest supported "
        "version (7.1).",
        "api-version",
    ),
    (400, "BadParameter", "", "X509 Certificate is already expired", "already-expired"),
    (
        400,
        "BadParameter",
        "",
        "The specified PKCS#12 X.509 certificate content can not be read. Please check if "
        "certificate is in valid PKCS#12 format.",
        "pfx-unreadable",
    ),
    (
        400,
        "BadParameter",
        "",
        "The specified PEM X.509 certificate content can not be read. Please check if certificate "
        "is in valid PEM format. Accepted formats: PEM content or Base64 encoded PEM content.",
        "pem-unreadable",
    ),
    (
        400,
        "BadParameter",
        "",
        "The specified PEM X.509 certificate content is in an unexpected format. Check if "
        "certificate is in valid PEM format.",
        "pem-unexpected",
    ),
    (
        400,
        "BadParameter",
        "",
        "The specified X.509 certificate content is invalid. Error: One or more X.509 properties "
        "are invalid.",
        "properties-invalid",
    ),
    (
        400,
        "BadParameter",
        "KeySizeNotSupported",
        "Unsupported key size (2048). Supported sizes are [256, 384, 521]",
        "key-size",
    ),
    (
        400,
        "BadParameter",
        "",
        'Unsupported key operation(s): "wrapKey", "unwrapKey". Supported values are "sign", '
        '"verify".',
        "key-operations",
    ),
    (
        400,
        "BadParameter",
        "",
        "Hardware key operation not allowed on standard vault",
        "hardware-key",
    ),
    (
        429,
        "Throttled",
        "",
        "Request was not processed because too many requests were received. Reason: "
        "VaultRequestTypeLimitReached",
        "throttled",
    ),
)
"""What the service answers."""

PASTED: tuple[tuple[str, str], ...] = (
    ("Please perform a merge to complete this certificate request.", "disabled"),
    (
        "Pending certificate created. Please Perform Merge to complete the request.",
        "disabled",
    ),
    (
        "Pending certificate created. Certificate request is in progress. This may take some time "
        "based on the issuer provider. Please check again later.",
        "monitor",
    ),
    (
        "New-AzKeyVaultCertificatePolicy : The subject name provided is not a valid X500 name.\n"
        "At line:1 char:11\n+ $policy = New-AzKeyVaultCertificatePolicy -SubjectName …",
        "x500-name",
    ),
    (
        "The CSR used to get your certificate has already been used. Please try to generate a new "
        "certificate with a new CSR.",
        "csr-used",
    ),
    (
        "The command failed with an unexpected error. Here is the traceback:\n"
        "'utf-8' codec can't decode byte 0x82 in position 1: invalid start byte",
        "cli-binary-file",
    ),
    ("(BadParameter) ASN1 bad tag value met\nCode: BadParameter", "asn1"),
    (
        "(BadParameter) Property x5c has invalid value X5C must has at least one valid item\n"
        "Code: BadParameter\nMessage: Property x5c has invalid value X5C must has at least one "
        "valid item",
        "no-certificates",
    ),
    (
        "Import-AzKeyVaultCertificate: Unable to parse X5c certificate chain and locate leaf "
        "certificate\nStatus: 400 (Bad Request)\nErrorCode: BadParameter",
        "unreadable-chain",
    ),
    (
        "Request rejected: The call to DigiCert failed with Error code access_denied|"
        "access_denied_invalid_key",
        "issuer-rejected",
    ),
    (
        "Get-AzKeyVaultCertificate: Operation returned an invalid status code 'Forbidden'",
        "forbidden",
    ),
    ("Response status code does not indicate success: 429 (Too Many Requests).", "throttled"),
    ("Status: 503 (Service Unavailable)", "busy"),
    ("Operation returned an invalid status 'Forbidden'", "forbidden"),
    *(
        (f"Add-AzKeyVaultCertificate : Operation returned an invalid status code '{word}'", cause)
        for word, cause in (
            ("BadRequest", "bad-request"),
            ("Unauthorized", "sign-in-refused"),
            ("NotFound", "not-found"),
            ("Conflict", "conflict"),
            ("TooManyRequests", "throttled"),
            ("ServiceUnavailable", "busy"),
        )
    ),
    (
        "Private key is not specified in the specified X.509 PEM certificate content. Please "
        "specify private key in the X.509 PEM certificate content.",
        "no-private-key",
    ),
    (
        "No certificate with private key found in the specified X.509 certificate content. Please "
        "specify X.509 certificate content with only one certificate containing private key.",
        "no-private-key",
    ),
    (
        'nginx: [emerg] SSL_CTX_use_PrivateKey_file("/etc/ssl/web.key") failed (SSL: error:'
        "0B080074:x509 certificate routines:X509_check_private_key:key values mismatch)",
        "key-order",
    ),
    (
        'nginx: [emerg] SSL_CTX_use_PrivateKey("/etc/ssl/web.key") failed (SSL: error:05800074:'
        "x509 certificate routines::key values mismatch)",
        "key-order",
    ),
    (
        "Failed to load private key from web.key, Cause: error:0b000074:X.509 certificate "
        "routines:OPENSSL_internal:KEY_VALUES_MISMATCH",
        "key-order",
    ),
    ("tls: private key does not match public key", "key-order"),
    (
        "curl: (60) SSL certificate problem: unable to get local issuer certificate",
        "chain-not-served",
    ),
    ("verify error:num=20:unable to get local issuer certificate", "chain-not-served"),
    ("verify error:num=21:unable to verify the first certificate", "chain-not-served"),
    ("(Conflict) Odd.\nCode: Conflict\nMessage: Odd.", "conflict"),
    ("Does it merge the entire chain?", "whole-chain"),
)
"""What people paste, and from where: portal, PowerShell, Azure CLI, a CA's mail, a server."""

INNOCENT: tuple[str, ...] = (
    "PS /home/me> az login\nPS /home/me> az keyvault list\nSomething that nobody knows.",
    "$ az login --tenant contoso\nOdd: the flux capacitor is empty",
    "The term 'Connect-AzAccount' is not recognized as the name of a cmdlet.",
    "Connect-AzAccount\nGet-AzThing: Something that nobody knows.",
    "Your order was not accepted: invalid name in CSR.",
    "HTTP/1.1 403 Forbidden",
    "Response status code does not indicate success: 403 (Forbidden).",
    "Access to the customer portal is Forbidden.",
    "Your certificate is currently being created. We will mail you.",
    "The order is currently being validated.",
    "The portal of the CA is busy. Please check again later.",
    "HTTP/1.1 404 Not Found",
    "Error from server (NotFound): secrets web not found",
    "HTTP/1.1 503 Service Unavailable",
    "The CA's gateway: 502 Bad Gateway",
    "Unauthorized: your account has no contract for this product.",
    "HTTP/1.1 413 Request Entity Too Large",
    "acme: error 429: Too Many Requests: too many certificates already issued",
    "Orders over this account are Throttled.",
    "Your download token has expired.",
    "Identity not found in our records: please send your company's papers.",
    "The upload was blocked by the firewall rules of your company.",
    "The old certificate is already expired.",
    "Certificate not found in the store of the browser.",
    "Enable it only if purge protection is enabled.",
)
"""What a terminal or a CA may say, with words that an error of the vault has too."""


ENTRA: tuple[tuple[int, str, str], ...] = (
    (50020, "User account 'a@b' from identity provider 'live.com' does not exist", "other-tenant"),
    (50076, "Due to a configuration change you must use multi-factor authentication.", "mfa"),
    (53003, "Access has been blocked by Conditional Access policies.", "conditional-access"),
    (65001, "The user or administrator has not consented to use the application", "consent"),
    (700016, "Application with identifier 'x' was not found in the directory", "no-application"),
    (7000222, "The provided client secret keys for app 'x' are expired.", "client-secret-expired"),
    (
        700027,
        "The certificate with identifier used to sign is not registered.",
        "client-certificate",
    ),
    (500011, "The resource principal named https://vault.azure.cn was not found", "no-resource"),
    (50126, "Error validating credentials due to invalid username or password.", "bad-password"),
    (70020, "The provided value for the input parameter 'device_code' is expired", "device-code"),
    (50079, "The user is required to use multi-factor authentication. az login", "mfa"),
    (7000215, "Invalid client secret provided.", "bad-client-secret"),
    (90002, "Tenant 'contoso' not found.", "no-tenant"),
    (700082, "The refresh token has expired due to inactivity.", "sign-in-expired"),
    (700024, "Client assertion is not within its valid time range.", "clock"),
)
"""The codes of Microsoft Entra, what they say, and the causes."""

SIGN_IN: tuple[tuple[str, str], ...] = (
    ("Azure CLI not found on path", "cli-missing"),
    ("Please run 'az login' to set up an account", "cli-signed-out"),
    (
        "The current credential is not configured to acquire tokens for tenant "
        "72f988bf-86f1-41af-91ab-2d7cd011db47. To enable acquiring tokens for this tenant add it "
        "to the additionally_allowed_tenants when creating the credential",
        "tenant-by-name",
    ),
    ('Please run "Connect-AzAccount" to set up account', "powershell-signed-out"),
    (
        "EnvironmentCredential authentication unavailable. Environment variables are not fully "
        "configured.",
        "no-environment",
    ),
    (
        "ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.",
        "no-managed-identity",
    ),
    ("Failed to open a browser", "no-browser"),
    (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\n"
        "Attempted credentials:\n\tEnvironmentCredential: EnvironmentCredential authentication "
        "unavailable. Environment variables are not fully configured.\n\tAzureCliCredential: "
        "Azure CLI not found on path\n\tAzurePowerShellCredential: PowerShell is not installed",
        "no-credential",
    ),
    *(
        (f"AADSTS{code}: {says} Trace ID: {ID} Correlation ID: {ID}", cause)
        for code, says, cause in ENTRA
    ),
)
"""What the ways to sign in say when they cannot."""

NETWORK: tuple[tuple[str, str], ...] = (
    (
        "<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve "
        "'contoso.vault.azure.net' ([Errno -2] Name or service not known)",
        "unknown-host",
    ),
    (
        "<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection:"
        " [Errno 111] Connection refused",
        "refused",
    ),
    (
        "HTTPSConnectionPool(host='contoso.vault.azure.net', port=443): Max retries exceeded with "
        "url: /certificates (Caused by ConnectTimeoutError(<HTTPSConnection>, 'Connection to "
        "contoso.vault.azure.net timed out. (connect timeout=10)'))",
        "connect-timeout",
    ),
    (
        "HTTPSConnectionPool(host='contoso.vault.azure.net', port=443): Max retries exceeded "
        "(Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: "
        "407 Proxy Authentication Required')))",
        "proxy-sign-in",
    ),
    (
        "(Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: "
        "403 Forbidden')))",
        "proxy-failed",
    ),
    (
        "(Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] "
        "certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)')))",
        "tls-interception",
    ),
    (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer "
        "certificate (_ssl.c:1006)",
        "tls-interception",
    ),
    (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, "
        "certificate is not valid for 'contoso.vault.azure.net'. (_ssl.c:1006)",
        "tls-name",
    ),
    (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate is not yet valid "
        "(_ssl.c:1006)",
        "clock",
    ),
    (
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired "
        "(_ssl.c:1006)",
        "tls-expired",
    ),
    (
        "HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded "
        "(Caused by NameResolutionError('Failed to resolve'))",
        "sign-in-unreachable",
    ),
)
"""What libraries say when no connection is made."""

LOST: tuple[str, ...] = (
    "HTTPSConnectionPool(host='contoso.vault.azure.net', port=443): Read timed out. "
    "(read timeout=30)",
    "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
    "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
)
"""What libraries say when an answer does not come."""

SECRETS: tuple[tuple[str, str], ...] = (
    # a text, and what of it may be shown nowhere
    ("Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl", "c2lnbmF0dXJl"),
    ("found eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl here", "eyJhdWQi"),
    ("Authorization: Bearer AbCdEf0123456789AbCdEf", "AbCdEf0123456789"),
    ("AZURE_CLIENT_SECRET is abc8Q~AbCdEfGhIjKlMnOpQrStUvWxYz0123456", "AbCdEfGhIjKl"),
    ("client_secret=S3cretValue&grant_type=client_credentials", "S3cretValue"),
    ('{"client_secret": "S3cretValue", "pwd":"S3cretValue"}', "S3cretValue"),
    ("AZURE_CLIENT_SECRET=S3cretValue", "S3cretValue"),
    ('"pwd": "with blanks, and; S3cretValue"', "S3cretValue"),
    ("password=with,S3cretValue", "S3cretValue"),
    ("$env:PASSWORD = 'S3cretValue'", "S3cretValue"),
    ("https://x.blob.core.windows.net/c?sv=2024&se=2026&sig=S3cret%2BValue%3D", "S3cret"),
    ("AccountKey=S3cretValue==;EndpointSuffix=core.windows.net", "S3cretValue"),
    ("https://localhost/?code=0.AXoAS3cret&state=1", "AXoAS3cret"),
    ("refresh_token: 0.AXoAS3cret", "AXoAS3cret"),
    ("-----BEGIN PRIVATE KEY-----\nMIIS3cret\n-----END PRIVATE KEY-----", "MIIS3cret"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIS3cret", "MIIS3cret"),
    ("az login --service-principal -u 1234 --password S3cretValue --tenant x", "S3cretValue"),
    ("az login --service-principal -u 1234 -p S3cretValue --tenant x", "S3cretValue"),
    ("tool --client-secret S3cretValue", "S3cretValue"),
    ("tool --client-secret -S3cretValue", "S3cretValue"),
    ("tool --client-secret is:S3cretValue", "S3cretValue"),
    ("tool --client-secret -a!S3cretValue", "S3cretValue"),
    ("tool --access-token 'with blanks S3cretValue' --debug", "S3cretValue"),
    ("Command arguments: ['login', '--password', 'S3cretValue']", "S3cretValue"),
    ("Import-AzKeyVaultCertificate -Password S3cretValue", "S3cretValue"),
    ('$Password = ConvertTo-SecureString -String "S3cretValue" -AsPlainText', "S3cretValue"),
    ("-Password (ConvertTo-SecureString S3cretValue -AsPlainText -Force)", "S3cretValue"),
    ("$p = ConvertTo-SecureString -AsPlainText -Force 'S3cretValue'", "S3cretValue"),
    ("https://user:12345@proxy:8080/", "12345"),
    ("https://user:123!S3cretValue@proxy:8080/", "S3cretValue"),
    ("openssl pkcs12 -in a.pfx -passin pass:S3cretValue", "S3cretValue"),
    ("keytool -list -storepass S3cretValue", "S3cretValue"),
    ("HTTPS_PROXY=http://user:S3cretValue@proxy:8080", "S3cretValue"),
    ("HTTPS_PROXY=user:S3cretValue@proxy:8080", "S3cretValue"),
    ("https://user:p@ss:S3cretValue@proxy:8080/", "S3cretValue"),
    ("https://user:pa/S3cretValue@proxy:8080/", "S3cretValue"),
    ("https://user:pa'S3cretValue@proxy:8080/", "S3cretValue"),
    ("""{"password": "pa'S3cretValue"}""", "S3cretValue"),
    ("password='pa\"S3cretValue'", "S3cretValue"),
    ("password=pa'S3cretValue", "S3cretValue"),
    (r'{"password": "pa\"S3cretValue"}', "S3cretValue"),
    (r'{"message": "{\"password\": \"pa\\\"S3cretValue\", \"a\": 1}"}', "S3cretValue"),
    ('cmd /c "tool /x:1 ""password"" = ""pa S3cretValue"" "', "S3cretValue"),
    ("certificatePassword: S3cretValue", "S3cretValue"),
    ("<password>S3cretValue</password>", "S3cretValue"),
    ("'password' => 'S3cretValue'", "S3cretValue"),
)

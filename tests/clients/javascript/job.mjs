// The whole job with Azure's JavaScript SDK, signed in with environment variables alone.
// node job.mjs URL officer|reader, in a folder with sign.sh; prints the steps that it has done.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { DefaultAzureCredential } from "@azure/identity";
import { CertificateClient } from "@azure/keyvault-certificates";

const [url, role] = process.argv.slice(2);
const client = new CertificateClient(url, new DefaultAzureCredential(), {
  // At an address instead of a vault's name there is no domain that the challenge could name.
  disableChallengeResourceVerification: new URL(url).hostname === "127.0.0.1",
});
const fast = { intervalInMs: 100 };

const all = async (pages) => {
  const names = [];
  for await (const each of pages) names.push(each.name ?? each.version);
  return names;
};

const refused = async (promise, status) => {
  await assert.rejects(promise, (error) => error.statusCode === status);
};

const officer = {
  async csr() {
    const policy = { issuerName: "Unknown", subject: "CN=www.contoso.com", keySize: 2048 };
    const poller = await client.beginCreateCertificate("web", policy, fast);
    poller.stopPolling();
    const pending = await client.getCertificateOperation("web");
    const { certificateOperation } = pending.getOperationState();
    assert.equal(certificateOperation.status, "inProgress");
    assert.ok((await all(client.listPropertiesOfCertificates({ includePending: true }))).includes("web"));
    assert.ok(!(await all(client.listPropertiesOfCertificates())).includes("web"));
    await refused(client.beginCreateCertificate("web", policy, fast), 409);
    const csr = Buffer.from(certificateOperation.csr).toString("base64").match(/.{1,64}/g);
    const kind = "CERTIFICATE REQUEST";
    writeFileSync("web.csr", `-----BEGIN ${kind}-----\n${csr.join("\n")}\n-----END ${kind}-----\n`);
    execFileSync("sh", ["sign.sh", "web"], { stdio: "pipe" });
    const chain = ["web.der", "ca.der"].map((name) => readFileSync(name));
    const merged = await client.mergeCertificate("web", chain);
    assert.deepEqual(Buffer.from(merged.cer), chain[0]);
    assert.equal(merged.properties.enabled, true);
    const done = await client.getCertificateOperation("web");
    assert.equal(done.getOperationState().certificateOperation.status, "completed");
  },
  async cancel() {
    const policy = { issuerName: "Unknown", subject: "CN=stopped" };
    const poller = await client.beginCreateCertificate("stopped", policy, fast);
    poller.stopPolling();
    await client.deleteCertificateOperation("stopped");
    await refused(client.getCertificateOperation("stopped"), 404);
  },
  async self() {
    const policy = { issuerName: "Self", subject: "CN=own" };
    const made = await (await client.beginCreateCertificate("own", policy, fast)).pollUntilDone();
    assert.equal(new X509Certificate(made.cer).subject, "CN=own");
    assert.deepEqual(await all(client.listPropertiesOfCertificateVersions("own")), ["own"]);
  },
  async update() {
    const { version } = (await client.getCertificate("own")).properties;
    const changed = await client.updateCertificateProperties("own", version, {
      enabled: false,
      tags: { team: "web" },
    });
    assert.deepEqual([changed.properties.enabled, changed.properties.tags.team], [false, "web"]);
    const policy = await client.getCertificatePolicy("own");
    await client.updateCertificatePolicy("own", { ...policy, validityInMonths: 7 });
    assert.equal((await client.getCertificatePolicy("own")).validityInMonths, 7);
  },
  async import() {
    const found = await client.importCertificate("brought", readFileSync("brought.pfx"), {
      password: "pass",
    });
    assert.equal(new X509Certificate(found.cer).subject, "CN=brought");
  },
  async backup() {
    const blob = await client.backupCertificate("own");
    await refused(client.restoreCertificateBackup(blob), 409);
    await (await client.beginDeleteCertificate("own", fast)).pollUntilDone();
    await client.purgeDeletedCertificate("own");
    assert.equal((await client.restoreCertificateBackup(blob)).name, "own");
  },
  async delete() {
    const deleted = await (await client.beginDeleteCertificate("own", fast)).pollUntilDone();
    assert.match(deleted.recoveryId, /deletedcertificates\/own$/);
    await refused(client.getCertificate("own"), 404);
    assert.deepEqual(await all(client.listDeletedCertificates()), ["own"]);
    await (await client.beginRecoverDeletedCertificate("own", fast)).pollUntilDone();
    assert.equal((await client.getCertificate("own")).name, "own");
    await (await client.beginDeleteCertificate("own", fast)).pollUntilDone();
    await client.purgeDeletedCertificate("own");
    await refused(client.getDeletedCertificate("own"), 404);
  },
  async issuers() {
    await client.createIssuer("issuer1", "Test", { accountId: "keyvaultuser", enabled: true });
    for await (const { id, provider } of client.listPropertiesOfIssuers()) {
      assert.deepEqual([id, provider], [`${url}/certificates/issuers/issuer1`, "Test"]);
    }
    assert.equal((await client.getIssuer("issuer1")).accountId, "keyvaultuser");
    const changed = await client.updateIssuer("issuer1", { organizationId: "org" });
    assert.equal(changed.organizationId, "org");
    assert.ok((await client.deleteIssuer("issuer1")).id.endsWith("/issuers/issuer1"));
    await refused(client.getIssuer("issuer1"), 404);
  },
  async contacts() {
    await client.setContacts([{ email: "ada@contoso.com", name: "Ada", phone: "123" }]);
    assert.equal((await client.getContacts())[0].name, "Ada");
    await client.deleteContacts();
    await refused(client.getContacts(), 404);
  },
};

const reader = {
  async read() {
    await all(client.listPropertiesOfCertificates());
    await refused(client.beginCreateCertificate("x", { issuerName: "Self", subject: "CN=x" }), 403);
  },
};

for (const [name, job] of Object.entries({ officer, reader }[role])) {
  await job();
  console.log(name);
}

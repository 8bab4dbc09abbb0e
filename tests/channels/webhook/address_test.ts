import assert from "node:assert/strict";
import {
  isPrivateAddress,
  PrivateAddressError,
  PUBLIC_ONLY,
  resolveChecked,
} from "../../../src/channels/webhook/address.ts";
import { refusalOfHost } from "../../../src/channels/webhook/refusal.ts";

for (
  const address of [
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "127.0.0.1",
    "0.0.0.0",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
  ]
) {
  Deno.test(`isPrivateAddress() refuses ${address}`, () => {
    assert.equal(isPrivateAddress(address), true);
  });
}

for (const address of ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"]) {
  Deno.test(`isPrivateAddress() allows ${address}`, () => {
    assert.equal(isPrivateAddress(address), false);
  });
}

Deno.test("resolveChecked() refuses a host if one of its addresses is private", async () => {
  const resolve = () =>
    Promise.resolve([{ address: "1.1.1.1", family: 4 }, { address: "::1", family: 6 }]);
  const rules = { ...PUBLIC_ONLY, resolve };
  await assert.rejects(resolveChecked("example.com", rules), PrivateAddressError);
});

Deno.test("resolveChecked() does not resolve an address, also in brackets", async () => {
  const rules = { ...PUBLIC_ONLY, resolve: () => Promise.reject(new Error("resolved")) };
  assert.deepEqual(await resolveChecked("[2606:4700::1111]", rules), [
    { address: "2606:4700::1111", family: 6 },
  ]);
  await assert.rejects(resolveChecked("[::1]", rules), PrivateAddressError);
});

Deno.test("refusalOfHost() names the private address, and an unknown host", async () => {
  const toPrivate = () => Promise.resolve([{ address: "10.1.2.3", family: 4 }]);
  const refusal = await refusalOfHost("internal.example.com", toPrivate);
  assert.equal(refusal?.code, "PRIVATE_ADDRESS");
  assert.match(refusal?.message ?? "", /10\.1\.2\.3/);
  const unknown = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
  assert.equal((await refusalOfHost("nobody.example", unknown))?.code, "UNKNOWN_HOST");
  const silent = () => Promise.reject(Object.assign(new Error("no"), { code: "EAI_AGAIN" }));
  assert.equal(await refusalOfHost("example.com", silent), null);
});

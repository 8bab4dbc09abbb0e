import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import PostalMime from "postal-mime";
import { openCaptureChannel } from "../../src/channels/capture.ts";
import type { OutgoingMail } from "../../src/channels/channel.ts";

function mailOf(deliveryId: string): OutgoingMail {
  const to = { address: "ada@example.net", name: "Ada" };
  return { deliveryId, to, subject: "Grüße", text: "Hallo Ada", html: null };
}

async function filesUnder(directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const day of Deno.readDir(directory)) {
    for await (const { name } of Deno.readDir(join(directory, day.name))) {
      files.push(join(day.name, name));
    }
  }
  return files.sort();
}

async function inTemporaryDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "waybill-test-" });
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("openCaptureChannel() writes a whole mail under the day and the delivery's id", () =>
  inTemporaryDirectory(async (directory) => {
    const channel = openCaptureChannel(join(directory, "data"), "waybill@localhost");
    const result = await channel.send(mailOf("dlv_1"));
    assert.deepEqual(result, {
      outcome: "sent",
      provider: "capture",
      providerMessageId: "<dlv_1@localhost>",
    });
    const mail = join(directory, "data", "mail");
    const [file, ...others] = await filesUnder(mail);
    assert.match(file ?? "", /^\d{4}-\d\d-\d\d\/dlv_1\.eml$/);
    assert.deepEqual(others, []);
    const parsed = await PostalMime.parse(await Deno.readFile(join(mail, file ?? "")));
    assert.deepEqual([parsed.subject, parsed.text?.trim()], ["Grüße", "Hallo Ada"]);
    await channel.close();
  }));

Deno.test("openCaptureChannel() writes one file for a repeated delivery", () =>
  inTemporaryDirectory(async (directory) => {
    const channel = openCaptureChannel(directory, "waybill@localhost");
    const ids = Array.from({ length: 50 }, (_, n) => `dlv_${n}`);
    await Promise.all([...ids, ...ids.slice(0, 5)].map((id) => channel.send(mailOf(id))));
    const names = (await filesUnder(join(directory, "mail"))).map((file) => file.split("/")[1]);
    assert.deepEqual(names.sort(), ids.map((id) => `${id}.eml`).sort());
    await channel.close();
  }));

Deno.test("openCaptureChannel() reports a file system error as a failure that pauses the message", () =>
  inTemporaryDirectory(async (directory) => {
    await Deno.writeTextFile(join(directory, "mail"), "a file where the directory should be");
    const channel = openCaptureChannel(directory, "waybill@localhost");
    const result = await channel.send(mailOf("dlv_1"));
    assert.ok(result.outcome === "failed");
    const { type, disposition, message } = result.error;
    assert.deepEqual([type, disposition], ["OTHER", "pause"]);
    assert.ok(message.startsWith(`Cannot write captured mail to ${directory}/mail: `), message);
    await channel.close();
  }));

Deno.test("openCaptureChannel() leaves no file behind on a full disk", () =>
  inTemporaryDirectory(async (directory) => {
    const channel = openCaptureChannel(directory, "waybill@localhost");
    await channel.send(mailOf("dlv_1"));
    const [first = ""] = await filesUnder(join(directory, "mail"));
    // Writing to this device fails like writing to a full disk.
    await Deno.symlink("/dev/full", join(directory, "mail", dirname(first), ".dlv_2.tmp"));
    const result = await channel.send(mailOf("dlv_2"));
    assert.ok(result.outcome === "failed");
    assert.deepEqual([result.error.disposition, result.error.code], ["pause", "ENOSPC"]);
    assert.deepEqual(await filesUnder(join(directory, "mail")), [first]);
    assert.equal((await channel.send(mailOf("dlv_2"))).outcome, "sent");
    await channel.close();
  }));

import assert from "node:assert/strict";
import type { AwsCalls } from "../../handler/clients";
import { observeInterfaces } from "../../handler/observe";
import { POOL, settings, TAG_KEY, ZONE } from "./worlds";

type Read = Awaited<ReturnType<AwsCalls["describeNetworkInterfaces"]>>[number];

const shown = (number: number, parts: Partial<Read> = {}): Read => ({
  NetworkInterfaceId: `eni-${number}`,
  AvailabilityZone: ZONE,
  PrivateIpAddress: `10.0.0.${number}`,
  Status: "available",
  TagSet: [{ Key: TAG_KEY, Value: POOL }],
  ...parts,
});

const observe = (...reads: Read[]) =>
  observeInterfaces({ describeNetworkInterfaces: () => Promise.resolve(reads) }, settings());

describe("observeInterfaces", () => {
  // The history of seed 16 lost an address so.
  it("takes an interface that is on two pages for one, as the later page shows it", async () => {
    const Attachment = { AttachmentId: "attach-1", InstanceId: "i-a", Status: "attached" } as const;
    const interfaces = await observe(
      shown(1),
      shown(2),
      shown(1, { Status: "in-use", Attachment }),
    );
    assert.deepEqual(
      interfaces.map(({ networkInterfaceId, status }) => [networkInterfaceId, status]),
      [
        ["eni-1", "in-use"],
        ["eni-2", "available"],
      ],
    );
  });

  it("leaves out what doesn't carry the pool tag or has no id", async () => {
    const reads = [shown(1, { TagSet: [] }), shown(2, { NetworkInterfaceId: undefined })];
    assert.deepEqual(await observe(...reads), []);
  });
});

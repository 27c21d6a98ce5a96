import assert from "node:assert/strict";
import type { Instance } from "../../../simulator/aws/ec2/state";
import { Region } from "../../../simulator/aws/region";
import { scenarioByName } from "../../../simulator/scenarios";
import { deploymentFor } from "../scenarios/plays";
import { countCalls, callsFrom } from "../stage";

const INTERFACE = "eni-0a1b2c3d4e5f60003";

/** The stack of scenario existing, whose interface is still on a machine that nobody told of the pool. */
async function withOldMachine(test: (region: Region, old: Instance) => unknown): Promise<void> {
  const region = await Region.open(await deploymentFor(scenarioByName("existing")), { seed: 1 });
  try {
    const { subnet } = region.ec2.interfaceById(INTERFACE);
    const old = region.ec2.runInstance("t4g.micro", subnet, { Name: "old" });
    old.state = "running";
    region.ec2.attachNetworkInterface(INTERFACE, old.id, 1, 0).status = "attached";
    await region.run(150);
    await test(region, old);
  } finally {
    await region.close();
  }
}

const holderOf = (region: Region) => region.ec2.interfaceById(INTERFACE).attachment?.instanceId;

/** Runs until an instance of the group holds the interface, whose MAC has stayed. */
async function assertMoves(region: Region, from: Instance): Promise<void> {
  const isMoved = () => {
    const { attachment } = region.ec2.interfaceById(INTERFACE);
    return attachment?.status === "attached" && attachment.instanceId !== from.id;
  };
  assert.equal(await region.run(600, isMoved), true);
  const { tags } = region.ec2.instanceById(holderOf(region) ?? "");
  assert.equal(tags[region.tagKey], "licence");
  assert.equal(region.ec2.interfaceById(INTERFACE).macAddress, "06:5e:a1:ed:0f:77");
}

describe("an interface that exists already and is on its old machine", () => {
  it("stays there while that runs without the pool tag, and the manager says so", () =>
    withOldMachine((region, old) => {
      assert.equal(holderOf(region), old.id);
      const { AttachNetworkInterface, DetachNetworkInterface } = countCalls(callsFrom(region, 0));
      assert.deepEqual([AttachNetworkInterface, DetachNetworkInterface], [undefined, undefined]);
      const reason = `10.20.0.77 can't be given out: ${old.id} holds it without the pool's tag`;
      assert.ok(region.journal.entries.some(({ text }) => text.includes(reason)));
    }));

  it("goes to the group's instance when the old machine is terminated", () =>
    withOldMachine(async (region, old) => {
      region.ec2.terminateInstance(old.id);
      await assertMoves(region, old);
    }));

  it("goes to the group's instance when it is detached by hand", () =>
    withOldMachine(async (region, old) => {
      const { attachment } = region.ec2.interfaceById(INTERFACE);
      region.ec2.detachNetworkInterface(attachment?.id ?? "", false);
      await assertMoves(region, old);
    }));

  it("stays when the old machine gets the pool tag, and is passed on when that stops", () =>
    withOldMachine(async (region, old) => {
      region.ec2.setTags(old, { ...old.tags, [region.tagKey]: "licence" });
      await region.run(90);
      assert.equal(holderOf(region), old.id);
      region.ec2.stopInstance(old.id);
      await assertMoves(region, old);
      assert.equal(old.state === "stopping" || old.state === "stopped", true);
    }));
});

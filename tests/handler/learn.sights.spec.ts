import assert from "node:assert/strict";
import { createMemory, seeAttached } from "../../handler/learn";
import type { Instance, PoolInterface } from "../../handler/model";
import { emptyWorld } from "./lessons";
import { freeInterface, heldInterface, instance, launchedAtMinute, POOL } from "./builders";

const NOW_MS = Date.parse(launchedAtMinute(1));

/** What one look is the first to show, and what is still to be seen, of interface 1 asked for by "i-a". */
function see(shown: PoolInterface, instances: Instance[] = [instance("i-a")]) {
  const memory = createMemory();
  memory.attaching.set("eni-1", "i-a");
  const world = {
    ...emptyWorld,
    interfaces: [shown],
    instances: Object.fromEntries(instances.map((one) => [one.instanceId, one])),
  };
  const firstSights = seeAttached(world, memory, NOW_MS);
  return { firstSights, awaited: [...memory.attaching.keys()] };
}

describe("seeAttached", () => {
  it("dates the first sight of an attachment from the launch", () => {
    assert.deepEqual(see(heldInterface(1, "i-a")), {
      firstSights: [{ pool: POOL, secondsSinceLaunch: 60 }],
      awaited: [],
    });
  });

  const waiting: Record<string, PoolInterface> = {
    "is still attaching": heldInterface(1, "i-a", { status: "attaching" }),
    "isn't shown attached to anybody": freeInterface(1),
    "is shown attached to the holder before": heldInterface(1, "i-old"),
  };
  for (const [what, shown] of Object.entries(waiting)) {
    it(`waits for an interface that ${what}`, () => {
      assert.deepEqual(see(shown), { firstSights: [], awaited: ["eni-1"] });
    });
  }

  it("forgets an attachment whose instance is gone", () => {
    assert.deepEqual(see(heldInterface(1, "i-a"), []), { firstSights: [], awaited: [] });
  });

  it("forgets an attachment whose interface is gone", () => {
    assert.deepEqual(see(heldInterface(2, "i-a")), { firstSights: [], awaited: [] });
  });

  it("measures nothing where EC2 tells no launch time", () => {
    assert.deepEqual(see(heldInterface(1, "i-a"), [instance("i-a", { launchTime: "" })]), {
      firstSights: [],
      awaited: [],
    });
  });

  it("sees nothing in attachments that weren't asked for", () => {
    const world = { ...emptyWorld, interfaces: [heldInterface(1, "i-a")] };
    assert.deepEqual(seeAttached(world, createMemory(), NOW_MS), []);
  });
});

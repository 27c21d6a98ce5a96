import assert from "node:assert/strict";
import { findIneligible } from "../../handler/ineligible";
import { createMemory } from "../../handler/learn";
import type { Settings } from "../../handler/model";
import { useReconcile } from "./reconcileHarness";
import { type SmallEc2Parts, serviceError } from "./smallEc2";
import {
  freeInterface,
  GROUP,
  heldInterface,
  instance,
  OTHER_POOL,
  OTHER_ZONE,
  place,
  POOL,
  settings,
  snapshot,
  ZONE,
} from "./builders";

interface Case {
  parts: SmallEc2Parts;
  /** The one line that names i-a, but for its beginning. */
  line: string;
  chosen?: Settings;
}

const refused = serviceError("AttachmentLimitExceeded", "Interface count exceeds the limit.");
const old = instance("i-old", { launchTime: new Date(0).toISOString() });
const isA = instance("i-a");

const cases: Record<string, Case> = {
  "the pool is exhausted": {
    parts: { interfaces: [heldInterface(1, "i-old")], instances: [old, isA] },
    line: `warn: i-a has no address: all 1 of pool ${POOL} in ${ZONE} are taken`,
  },
  "the pool is in another zone": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [instance("i-a", { availabilityZone: OTHER_ZONE })],
    },
    line: `warn: i-a has no address: pool ${POOL} has no interface in ${OTHER_ZONE}`,
  },
  "it has no room": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [instance("i-a", { instanceType: "t3.micro", places: [place(0), place(1)] })],
      interfaceLimits: { "t3.micro": [2] },
    },
    line: "warn: i-a has no address: t3.micro takes no more interfaces than it has",
  },
  "a holder is leaving": {
    parts: {
      interfaces: [heldInterface(1, "i-old", { status: "detaching" })],
      instances: [{ ...old, state: "shutting-down" }, isA],
    },
    line: "info: i-a has no address: none is free, these are on their way back: 10.0.0.1",
  },
  "EC2 refused it": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [isA],
      before: (call) => {
        if (call.startsWith("attach ")) throw refused;
      },
    },
    line: "info: i-a has no address: EC2 refused: AttachmentLimitExceeded: Interface count exceeds the limit.",
  },
  "it is pending": {
    parts: { instances: [instance("i-a", { state: "pending" })] },
    line: "info: i-a has no address: EC2 shows it pending",
  },
  "it has no tag while its launch waits": {
    parts: { members: { "i-a": "Pending:Wait" } },
    line: "info: i-a has no address: EC2 doesn't show it with the tag pool-tag yet",
  },
  "it has no tag and is in service": {
    parts: { members: { "i-a": "InService" } },
    line: `info: i-a has no address: its group ${GROUP} has the tag pool-tag, the instance hasn't`,
  },
  "it has no tag and stands by": {
    parts: { members: { "i-a": "Standby" } },
    line: `info: i-a has no address: its group ${GROUP} has the tag pool-tag, the instance hasn't`,
  },
  "it is stopping": {
    parts: { interfaces: [freeInterface(1)], instances: [instance("i-a", { state: "stopping" })] },
    line: "info: i-a has no address: EC2 shows it stopping",
  },
  "it is stopped": {
    parts: { interfaces: [freeInterface(1)], instances: [instance("i-a", { state: "stopped" })] },
    line: "info: i-a has no address: EC2 shows it stopped",
  },
  "it is leaving its group": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [isA],
      members: { "i-a": "Terminating:Proceed" },
    },
    line: `info: i-a has no address: it is leaving its group ${GROUP} (Terminating:Proceed)`,
  },
  "it is parked": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [isA],
      members: { "i-a": "Warmed:Running" },
    },
    line: `info: i-a has no address: it is parked in the warm pool of its group ${GROUP} (Warmed:Running)`,
  },
  "its pool is another manager's, or misspelt": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [instance("i-a", { poolTag: OTHER_POOL })],
    },
    chosen: settings({ pools: [POOL] }),
    line: `info: i-a has no address: its pool ${OTHER_POOL} is none of this manager's`,
  },
  "its tag names no pool at all": {
    parts: { interfaces: [freeInterface(1)], instances: [instance("i-a", { poolTag: "," })] },
    line: "info: i-a has no address: its pool , is none of this manager's",
  },
  "its pools are its manager's, but not so together": {
    parts: {
      interfaces: [freeInterface(1)],
      instances: [instance("i-a", { poolTag: `${OTHER_POOL},${POOL}` })],
    },
    chosen: settings({ pools: [POOL, OTHER_POOL], poolTags: [`${POOL},${OTHER_POOL}`] }),
    line: `info: i-a has no address: its pools ${OTHER_POOL},${POOL} are, so together and in this order, none of this manager's`,
  },
  "its pool is its manager's, but not so alone": {
    parts: { interfaces: [freeInterface(1)], instances: [isA] },
    chosen: settings({ pools: [POOL, OTHER_POOL], poolTags: [`${POOL},${OTHER_POOL}`] }),
    line: `info: i-a has no address: its pool ${POOL} is, so alone, none of this manager's`,
  },
};

describe("the line that says why an instance has no address", () => {
  const { reconcile } = useReconcile();
  const names = (lines: string[]) => lines.filter((line) => line.includes("i-a has no address"));

  for (const [why, { parts, line, chosen }] of Object.entries(cases)) {
    it(`is there, once, when ${why}`, async () => {
      const { lines } = await reconcile(parts, { chosen, invocationMs: 10_000 });
      assert.deepEqual(names(lines), [line]);
    });
  }

  const none: Record<string, SmallEc2Parts> = {
    "has its address": { interfaces: [heldInterface(1, "i-a")], instances: [isA] },
    "gets one": { interfaces: [freeInterface(1)], instances: [isA] },
    "still has one while it stops": {
      interfaces: [heldInterface(1, "i-a")],
      instances: [instance("i-a", { state: "stopping" })],
    },
    "has one of another manager's": {
      interfaces: [heldInterface(1, "i-a", {}, { pool: OTHER_POOL })],
      instances: [instance("i-a", { poolTag: OTHER_POOL })],
    },
    ends: { instances: [instance("i-a", { state: "shutting-down" })] },
    "has ended": { instances: [instance("i-a", { state: "terminated" })] },
    "is launched without its tag's being known": { members: { "i-a": "Pending" } },
  };
  for (const [why, parts] of Object.entries(none)) {
    it(`is not there when it ${why}`, async () => {
      const { lines } = await reconcile(parts, { chosen: settings({ pools: [POOL] }) });
      assert.deepEqual(names(lines), []);
    });
  }

  it("is not there for a member of a group that is another manager's", () => {
    const members = { "i-a": { poolTag: OTHER_POOL } };
    assert.deepEqual(findIneligible(snapshot({ members }), settings({ pools: [POOL] })), []);
  });

  it("is not there for a tagged member of a group, which the plan speaks of", () => {
    const waiting = snapshot({ instances: [isA], members: { "i-a": "InService" } });
    assert.deepEqual(findIneligible(waiting, settings()), []);
  });

  it("is not there for an instance that leaves its group and ends", () => {
    const ending = instance("i-a", { state: "shutting-down" });
    const observed = snapshot({ instances: [ending], members: { "i-a": "Terminating:Proceed" } });
    assert.deepEqual(findIneligible(observed, settings()), []);
  });

  it("is not there for an instance without a tag that holds an interface", () => {
    const stranger = instance("i-a", { poolTag: undefined, state: "stopped" });
    assert.deepEqual(findIneligible(snapshot({ instances: [stranger] }), settings()), []);
  });

  it("is not there for an attachment that no read shows yet", () => {
    const instances = [instance("i-a", { state: "stopped" })];
    const observed = snapshot({ instances, recentAttachments: { "eni-1": "i-a" } });
    assert.deepEqual(findIneligible(observed, settings()), []);
  });

  it("is said again by a process only when the reason has changed, or was over", async () => {
    const memory = createMemory();
    const said = async (state: string) => {
      const parts = { instances: [instance("i-a", { state })] };
      return names((await reconcile(parts, { memory })).lines);
    };
    const lines = [
      await said("stopping"),
      await said("stopping"),
      await said("stopped"),
      await said("terminated"),
      await said("stopped"),
    ];
    assert.deepEqual(
      lines.map(({ length }) => length),
      [1, 0, 1, 0, 1],
    );
  });

  it("comes in the order of the ids, with the instance and its pool as facts", async () => {
    const state = "stopped";
    const { lines, facts } = await reconcile({
      instances: [instance("i-c", { state }), instance("i-a", { state })],
      members: { "i-b": "InService" },
    });
    const ids = lines.flatMap((line) => /(i-.) has no address/.exec(line)?.[1] ?? []);
    assert.deepEqual(ids, ["i-a", "i-b", "i-c"]);
    assert.deepEqual(facts[0], {
      ineligible: {
        pool: POOL,
        instanceId: "i-a",
        reason: "i-a has no address: EC2 shows it stopped",
      },
    });
  });
});

import assert from "node:assert/strict";
import {
  createPendingWrites,
  isDone,
  overlay,
  recordWrite,
  takeAttachLatencies,
} from "../../handler/pendingWrites";
import type { Action, PoolInterface } from "../../handler/types";
import {
  attach,
  completeLaunch,
  create,
  createWorld,
  deleteUnused,
  detach,
  endWithInstance,
  freeInterface,
  heartbeat,
  heldInterface,
  instance,
  launchedAtMinute,
  refusal,
} from "./builders";

/** What is overlaid on a read of these interfaces at each of some times. */
function overlaid(action: Action, ...reads: [atMs: number, interfaces: PoolInterface[]][]) {
  const writes = createPendingWrites();
  recordWrite({ action }, writes, 0);
  return reads.map(([atMs, interfaces]) => overlay(createWorld({ interfaces }), writes, atMs));
}

describe("overlay", () => {
  const before = [freeInterface(1)];
  const after = [heldInterface(1, "i-a")];
  const others = [heldInterface(1, "i-b", { attachmentId: "attach-9" })];

  describe("of an attachment", () => {
    const attachedTo = (...reads: [number, PoolInterface[]][]) =>
      overlaid(attach(1, "i-a"), ...reads).map((one) => one.attachedTo["eni-1"]);

    it("counts it for half a minute while reads don't show it", () => {
      assert.deepEqual(
        attachedTo([1, before], [30_000, others], [30_001, before], [30_002, before]),
        ["i-a", "i-a", undefined, undefined],
      );
    });

    it("counts it no more once a read has shown it", () => {
      assert.deepEqual(attachedTo([1, after], [2, before]), [undefined, undefined]);
    });

    it("dates what is attaching from the call", () => {
      const ages = overlaid(attach(1, "i-a"), [5_000, before], [9_000, after]);
      assert.deepEqual(
        ages.map(({ ageMs }) => ageMs),
        [{ "attaching/eni-1": 5_000 }, { "attaching/eni-1": 9_000 }],
      );
    });
  });

  describe("of a detachment", () => {
    const plain = detach(1, "i-a", "holderStopped");
    const statuses = (...reads: [number, PoolInterface[]][]) =>
      overlaid(plain, ...reads).map(({ interfaces }) => interfaces[0]?.attachment?.status);

    it("shows it under way as long as reads show the attachment, however long", () => {
      assert.deepEqual(statuses([1, after], [3_600_000, after]), ["detaching", "detaching"]);
    });

    it("does so, too, where a read that lags comes after one that shows it off", () => {
      const found = statuses([1, before], [2, after], [30_001, before], [30_002, after]);
      assert.deepEqual(found, [undefined, "detaching", undefined, "attached"]);
    });

    it("leaves the next attachment as it is", () => {
      assert.deepEqual(statuses([1, others]), ["attached"]);
    });

    it("dates it from the first call, and what was forced from the last of these", () => {
      const writes = createPendingWrites();
      recordWrite({ action: plain }, writes, 0);
      recordWrite({ action: detach(1, "i-a", "detachStuck") }, writes, 120_000);
      recordWrite({ action: plain, refusal: refusal("lookAgain") }, writes, 121_000);
      const { ageMs } = overlay(createWorld({ interfaces: after }), writes, 130_000);
      assert.deepEqual(ageMs, { "detaching/attach-1": 130_000, "forced/attach-1": 10_000 });
    });
  });

  describe("of an interface that was made", () => {
    it("shows it for half a minute, ready to be attached", () => {
      const writes = createPendingWrites();
      const created = {
        NetworkInterfaceId: "eni-7",
        PrivateIpAddress: "10.0.0.7",
        Status: "in-use" as const,
      };
      recordWrite({ action: create("i-a"), created }, writes, 0);
      const shown = (atMs: number, interfaces: PoolInterface[] = []) =>
        overlay(createWorld({ interfaces }), writes, atMs).interfaces;
      const made = freeInterface(7, { pool: "second", madeFor: "i-a" });
      assert.deepEqual(shown(30_000), [made]);
      assert.deepEqual(shown(30_001), []);
      recordWrite({ action: create("i-a"), created }, writes, 0);
      assert.deepEqual(shown(1, [made]), [made]);
      assert.deepEqual(shown(2), []);
    });

    it("shows and counts nothing where the answer names none", () => {
      const writes = createPendingWrites();
      recordWrite({ action: create("i-a") }, writes, 0);
      const { interfaces, madeCounts } = overlay(createWorld({}), writes, 1);
      assert.deepEqual([interfaces, madeCounts], [[], {}]);
    });

    it("counts those that were made for a claim, and tokens that were used otherwise", () => {
      const writes = createPendingWrites();
      const code = "IdempotentParameterMismatch";
      recordWrite({ action: create("i-a"), created: { NetworkInterfaceId: "eni-7" } }, writes, 0);
      recordWrite({ action: create("i-a"), refusal: refusal("lookAgain", { code }) }, writes, 0);
      recordWrite({ action: create("i-b"), refusal: refusal("lookAgain") }, writes, 0);
      recordWrite({ action: deleteUnused(1), refusal: refusal("lookAgain", { code }) }, writes, 0);
      const { madeCounts } = overlay(createWorld({}), writes, 0);
      assert.deepEqual(madeCounts, { "i-a/of/second": 2 });
    });
  });
});

describe("isDone", () => {
  for (const [action, forMs] of [
    [completeLaunch("i-a", "CONTINUE", "addressAttached"), 30_000],
    [endWithInstance(1, "i-a"), 30_000],
    [heartbeat("i-a"), 60_000],
    [deleteUnused(1), 60_000],
  ] as const) {
    it(`says of ${action.kind} that it was done for ${forMs / 1000} s, unless it was refused`, () => {
      const writes = createPendingWrites();
      recordWrite({ action, refusal: refusal("lookAgain") }, writes, 0);
      assert.equal(isDone(action, writes), false);
      recordWrite({ action }, writes, 0);
      overlay(createWorld({}), writes, forMs);
      assert.equal(isDone(action, writes), true);
      overlay(createWorld({}), writes, forMs + 1);
      assert.equal(isDone(action, writes), false);
    });
  }
});

it("isDone doesn't count the answer to a hook for the next one, which has another reason", () => {
  const writes = createPendingWrites();
  recordWrite({ action: completeLaunch("i-a", "CONTINUE", "parkedInWarmPool") }, writes, 0);
  const later = completeLaunch("i-a", "CONTINUE", "addressReleased");
  assert.equal(isDone(later, writes), false);
});

describe("takeAttachLatencies", () => {
  const take = (launchTime: string | undefined, action?: Action) => {
    const writes = createPendingWrites();
    if (action !== undefined) recordWrite({ action }, writes, 0);
    const world = createWorld({
      interfaces: [heldInterface(1, "i-a")],
      instances: launchTime === undefined ? [] : [instance("i-a", { launchTime })],
    });
    return takeAttachLatencies(world, writes, Date.parse(launchedAtMinute(1)));
  };

  it("measures nothing where EC2 tells no launch time, or nobody asked for the attachment", () => {
    const own = attach(1, "i-a");
    assert.deepEqual(take(launchedAtMinute(0), own), [{ pool: "licence", seconds: 60 }]);
    assert.deepEqual(take("", own), []);
    assert.deepEqual(take(undefined, own), []);
    assert.deepEqual(take(launchedAtMinute(0)), []);
    assert.deepEqual(take(launchedAtMinute(0), attach(1, "i-b")), []);
  });

  it("measures nothing below zero, though clocks differ", () => {
    const [latency] = take(launchedAtMinute(2), attach(1, "i-a"));
    assert.equal(latency?.seconds, 0);
  });
});

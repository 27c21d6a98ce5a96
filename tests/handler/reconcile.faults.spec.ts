import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { freeInterface, heldInterface } from "./builders";
import {
  beforeRead,
  FULL_READ,
  readOf,
  refusing,
  type Run,
  useReconcile,
} from "./reconcileHarness";
import { ec2Of, serviceError, type SmallEc2 } from "./smallEc2";

const HEARTBEAT = "heartbeat network-interface-pool-launch of i-b in workers";
const COMPLETE = "complete network-interface-pool-launch of i-b in workers: CONTINUE";

describe("reconcilePools, where AWS fails or others have a hand in it", () => {
  const { clock, reconcile } = useReconcile();

  /** The invocations of one process that the schedule wakes each minute, and when what was changed. */
  async function liveFor(minutes: number, region: SmallEc2) {
    const memory = createMemory();
    const beginMs = clock.nowMs;
    const runs: Run[] = [];
    const changes: string[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.nowMs = beginMs + minute * 60_000;
      const run = await reconcile(region, { memory });
      runs.push(run);
      for (const line of run.timeline) {
        const [second = "", call = ""] = line.split(" s: ");
        changes.push(`${Math.round(minute * 60 + Number(second))} s: ${call}`);
      }
    }
    return { runs, changes, reads: region.calls.filter((call) => call.includes(" by ")).length };
  }

  describe("a detachment that gets nowhere", () => {
    const world = `exhausted means abandon    eni-1 on i-a    i-a running, Terminating:Wait
      i-b running 00:05, Pending:Wait`;

    /** Plain detachments do nothing, and one by force takes nine seconds. */
    function stuck(text: string): SmallEc2 {
      let offMs = Infinity;
      return ec2Of(text, {
        readsInTransition: Infinity,
        before: (call, region): undefined => {
          if (call.startsWith("complete ")) region.members.set("i-a", "Terminating:Proceed");
          if (call.endsWith(" with force")) offMs = clock.nowMs + 9_000;
          if (clock.nowMs < offMs) return;
          offMs = Infinity;
          region.interfaces = [freeInterface(1)];
        },
      });
    }

    it("is forced two minutes after its own call, though reads show it late, and the launch waits for it", async () => {
      const { changes } = await liveFor(3, stuck(world));
      const others = changes.filter((line) => !line.endsWith(HEARTBEAT));
      assert.deepEqual(others.slice(0, 3), [
        "0 s: detach attach-1",
        "120 s: detach attach-1 with force",
        "129 s: complete network-interface-pool-terminate of i-a in workers: CONTINUE",
      ]);
      assert.deepEqual(others.slice(3), ["129 s: attach eni-1 to i-b at 0/1"]);
      const heartbeats = changes.filter((line) => line.endsWith(HEARTBEAT));
      assert.deepEqual(heartbeats.length, 3);
    });
  });

  it("abandons no launch where a surplus interface comes off while interfaces alone are read", async () => {
    const world = `exhausted means abandon    eni-1 on i-a at 1    eni-2 on i-a at 2
      i-a running, InService    i-b running 00:05, Pending:Wait`;
    const { steps, changes } = await reconcile(world, { readsInTransition: 0 });
    assert.deepEqual(changes, [
      HEARTBEAT,
      "detach attach-2",
      "attach eni-2 to i-b at 0/1",
      COMPLETE,
    ]);
    // What is free on the read of it alone is on nobody's list on a full one.
    const [, ...rest] = steps.filter((step) => step === FULL_READ || step === readOf("eni-2"));
    assert.deepEqual(rest.slice(0, 2), [readOf("eni-2"), FULL_READ]);
  });

  it("asks for nothing of an interface that another account's instance holds, in half an hour", async () => {
    const region = ec2Of("eni-1 on i-others    i-b running, Pending:Wait");
    const aws = { ...region.aws };
    region.aws.describeNetworkInterfaces = async (filters) => {
      const all = await aws.describeNetworkInterfaces(filters);
      return all.map(({ Attachment, ...one }) => ({
        ...one,
        OwnerId: "111122223333",
        Attachment: { ...Attachment, InstanceOwnerId: "444455556666" },
      }));
    };
    const { changes, runs, reads } = await liveFor(30, region);
    assert.deepEqual(changes, []);
    // Nor is anybody kept waiting for it, or its holder read.
    assert.equal(reads, 30 * 3);
    assert.deepEqual(runs[29]?.lines, [
      "warn: 10.0.0.1 can't be given out: i-others of account 444455556666 holds it",
      "warn: i-b has no address: all 1 of pool licence in eu-west-1a are taken",
      "info: settled",
    ]);
  });

  describe("refusals of one place, interface or instance", () => {
    it("lead to the next device index", async () => {
      const message = "Instance 'i-a' already has an interface attached at device index '1'.";
      const before = refusing("attach", serviceError("InvalidParameterValue", message), 1);
      const { changes } = await reconcile("eni-1 free    i-a running", { before });
      assert.deepEqual(changes, ["attach eni-1 to i-a at 0/1", "attach eni-1 to i-a at 0/2"]);
    });

    it("lead to the next interface", async () => {
      const message = "You do not have permission to attach eni-00000001, ela-attach-1 has it";
      const before = refusing("attach eni-1", serviceError("OperationNotPermitted", message));
      const { changes } = await reconcile("eni-1 free    eni-2 free    i-a running", { before });
      assert.deepEqual(changes, ["attach eni-1 to i-a at 0/1", "attach eni-2 to i-a at 0/1"]);
    });

    it("lead to the next instance", async () => {
      const limit = serviceError("AttachmentLimitExceeded", "too many");
      const before = refusing("attach eni-1 to i-a", limit);
      const world = "eni-1 free    i-a running 00:00    i-b running 00:05";
      const { changes } = await reconcile(world, { before });
      assert.deepEqual(changes, ["attach eni-1 to i-a at 0/1", "attach eni-1 to i-b at 0/1"]);
    });
  });

  it("gives an attachment up that never ends, after four minutes and few reads, and uses another interface", async () => {
    const region = ec2Of("eni-1 free    eni-2 free    i-a running", {
      before: (call, { interfaces }): undefined => {
        if (!call.startsWith("interfaces by ")) return;
        const [first, second] = interfaces;
        if (first?.attachment?.status === "attached") first.attachment.status = "attaching";
        if (second?.attachment !== undefined) second.attachment.status = "attached";
      },
      readsInTransition: 1000,
    });
    const { changes, reads } = await liveFor(6, region);
    assert.deepEqual(changes.slice(0, 3), [
      "0 s: attach eni-1 to i-a at 0/1",
      "240 s: detach attach-new-eni-1",
      // The first is still at index 1.
      "240 s: attach eni-2 to i-a at 0/2",
    ]);
    assert.ok(reads < 60, String(reads));
  });

  describe("an answer without instances", () => {
    const healthy =
      "eni-1 on i-a    eni-2 on i-b    eni-3 on i-c    i-a running    i-b running    i-c running";

    it("costs no healthy holder its address in five minutes, and is reported", async () => {
      const region = ec2Of(healthy);
      const aws = { ...region.aws };
      region.aws.describeInstances = () => Promise.resolve([]);
      const { changes, runs } = await liveFor(5, region);
      assert.deepEqual(changes, []);
      const warnings = runs[0]?.lines.filter((line) => line.startsWith("warn"));
      assert.deepEqual(
        warnings,
        [
          "1 isn't free yet: EC2 doesn't know its holder i-a",
          "2 isn't free yet: EC2 doesn't know its holder i-b",
          "3 isn't free yet: EC2 doesn't know its holder i-c",
        ].map((text) => `warn: 10.0.0.${text}, nor any instance, which is doubted`),
      );
      Object.assign(region.aws, aws);
      assert.deepEqual((await liveFor(10, region)).changes, []);
    });

    it("is believed after five minutes, of two holders at once and one by one", async () => {
      const region = ec2Of("eni-1 on i-a    eni-2 on i-b    eni-3 on i-c");
      const { changes } = await liveFor(8, region);
      // What was detached must have come off before the third holder is alone.
      assert.deepEqual(changes, [
        "300 s: detach attach-1",
        "300 s: detach attach-2",
        "360 s: detach attach-3",
      ]);
    });

    it("is a failed read where it has no list: nothing is asked for", async () => {
      const error = serviceError("IncompleteAnswer", "the answer has no Reservations");
      const region = ec2Of("eni-1 on i-a    eni-2 free    i-b running", {
        before: refusing("instances by ", error),
      });
      await assert.rejects(reconcile(region), error);
      assert.deepEqual(
        region.calls.filter((call) => !call.includes(" by ")),
        [],
      );
    });
  });

  it("has one line for all that it holds back", async () => {
    const world = [1, 2, 3].map((number) => `eni-${number} on i-${number}    i-${number} stopped`);
    const { lines } = await reconcile(world.join("    "), {
      before: (call): undefined => {
        if (call.startsWith("instances by ")) clock.nowMs += 10_001;
      },
    });
    const held = [1, 2, 3].map(
      (number) =>
        `detach 10.0.0.${number} from i-${number}: holderStopped (what it rests on was read 10 s ago)`,
    );
    assert.deepEqual(
      lines.filter((line) => line.startsWith("warn")),
      [`warn: held back: ${held.join("; ")}`],
    );
  });

  it("begins elsewhere in the list of attachments, by the time that is left, after it lost two of a round to another manager", async () => {
    const numbers = [1, 2, 3, 4, 5, 6];
    const world = numbers.map((number) => `eni-${number} free    i-${number} running`);
    const memory = createMemory();
    const taken = serviceError("InvalidNetworkInterface.InUse", "in use");
    const first = await reconcile(world.join("    "), {
      memory,
      invocationMs: 2_100,
      before: refusing("attach ", taken, 2),
    });
    const second = await reconcile(world.join("    ").replaceAll("eni-", "eni-1"), {
      memory,
      invocationMs: 2_100,
    });
    const ids = ({ changes }: Run) => changes.map((call) => call.split(" ")[1]);
    assert.deepEqual(ids(first), ["eni-1", "eni-2", "eni-3", "eni-4", "eni-5", "eni-6"]);
    assert.deepEqual(ids(second), ["eni-15", "eni-16", "eni-11", "eni-12", "eni-13", "eni-14"]);
  });

  it("takes its pools for its own alone where all is accepted, or one attachment is lost", async () => {
    const taken = serviceError("InvalidNetworkInterface.InUse", "in use");
    for (const [lost, isShared] of [
      [0, false],
      [1, false],
      [2, true],
    ] as const) {
      const memory = createMemory();
      const world = [1, 2, 3].map((number) => `eni-${number} free    i-${number} running`);
      const before = refusing("attach ", taken, lost);
      await reconcile(world.join("    "), { memory, invocationMs: 2_100, before });
      assert.equal(memory.isShared, isShared);
    }
  });

  it("says what it began no more, since its time was up", async () => {
    const { lines } = await reconcile("eni-1 free    i-a running", { invocationMs: 2_000 });
    const why = "the time of the invocation is up, or others were quicker";
    assert.equal(lines[0], `warn: held back: attach 10.0.0.1 to i-a: instanceWaits (${why})`);
  });

  it("detaches nothing where a read of interfaces alone shows what a full one doesn't", async () => {
    const { changes } = await reconcile(
      "eni-1 free    eni-2 on i-gone    i-a running    i-b running",
      {
        invocationMs: 20_000,
        before: beforeRead(2, ({ interfaces }) => {
          Object.assign(interfaces[1] ?? {}, heldInterface(2, "i-gone"));
        }),
      },
    );
    assert.deepEqual(changes, ["attach eni-1 to i-a at 0/1"]);
  });
});

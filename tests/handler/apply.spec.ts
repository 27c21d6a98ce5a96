import assert from "node:assert/strict";
import { mock } from "node:test";
import { applyActions, type Outcome } from "../../handler/apply";
import type { Action, Settings } from "../../handler/types";
import { ec2Of, serviceError } from "./smallEc2";
import {
  attach,
  completeLaunch,
  create,
  deleteUnused,
  detach,
  endWithInstance,
  settings,
} from "./builders";

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const attaches = (count: number) => numbersTo(count).map((number) => attach(number, `i-${number}`));

interface Carried {
  /** When each call began, in milliseconds, in order. */
  begunMs: number[];
  calls: string[];
  outcomeCount: number;
  outcomes: Outcome[];
}

interface Circumstances {
  remainingMs?: number;
  /** At the beginning. */
  evidenceAgeMs?: number;
  isShared?: boolean;
  chosen?: Settings;
  /** Is called, and waited for, before each call is done. */
  before?: (call: string) => Promise<void> | undefined;
}

/** Carries out actions in an EC2 that has all they need; time goes on when nothing else does. */
async function carryOut(
  actions: Action[],
  {
    remainingMs = 60_000,
    evidenceAgeMs = 0,
    isShared = false,
    chosen = settings(),
    before = () => undefined,
  }: Circumstances = {},
): Promise<Carried> {
  let nowMs = 0;
  const timers: { dueMs: number; resume: () => void }[] = [];
  const timer = mock.method(globalThis, "setTimeout", (resume: () => void, ms: number) => {
    timers.push({ dueMs: nowMs + ms, resume });
  });
  const begunMs: number[] = [];
  const held = actions.flatMap((action) =>
    action.kind === "detach" || action.kind === "endWithInstance"
      ? Number(action.networkInterfaceId.slice("eni-".length))
      : [],
  );
  const world = numbersTo(200).map((number) => {
    const state = held.includes(number) ? `on i-${number}` : "free";
    return `eni-${number} ${state}    i-${number} running`;
  });
  const region = ec2Of(world.join("    "), {
    before: (call) => {
      begunMs.push(nowMs);
      return before(call);
    },
  });
  let outcomes: Outcome[] | undefined;
  const budget = {
    settings: chosen,
    remainingMs: () => remainingMs - nowMs,
    evidenceAgeMs: () => evidenceAgeMs + nowMs,
    isShared,
  };
  void applyActions(actions, region.aws, budget).then((all) => {
    outcomes = all;
  });
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (outcomes !== undefined) break;
    const next = timers.sort((a, b) => a.dueMs - b.dueMs).shift();
    assert.ok(next !== undefined, "nothing is to happen any more");
    nowMs = next.dueMs;
    next.resume();
  }
  // Two mocks of one test, restored together, would leave the first of them behind.
  timer.mock.restore();
  return { begunMs, calls: region.calls, outcomeCount: outcomes.length, outcomes };
}

describe("applyActions", () => {
  afterEach(() => {
    mock.restoreAll();
  });

  it("begins fifty attachments at will, and the others as EC2's bucket is filled", async () => {
    const { begunMs } = await carryOut(attaches(53));
    assert.deepEqual(begunMs.slice(0, 50), Array<number>(50).fill(0));
    assert.deepEqual(begunMs.slice(50), [200, 400, 600]);
  });

  it("takes for accepted what is over already", async () => {
    const gone = Object.assign(new Error("gone"), { name: "InvalidAttachmentID.NotFound" });
    const before = () => Promise.reject(gone);
    const action = detach(1, "i-1", "holderStopped");
    assert.deepEqual((await carryOut([action], { before })).outcomes, [{ action }]);
  });

  it("waits no longer than the bucket takes, whatever time the calls took themselves", async () => {
    const { begunMs } = await carryOut(attaches(61), {
      before: () => new Promise((resume) => setTimeout(resume, 300)),
    });
    assert.deepEqual(
      begunMs.slice(49),
      [1200, 1500, 1500, 1500, 1500, 1500, 1500, 1500, 1600, 1800, 2000, 2200],
    );
  });

  it("lets detachments wait for the bucket, too, but none grow old", async () => {
    const detaches = numbersTo(120).map((number) => detach(number, `i-${number}`, "holderStopped"));
    const { begunMs, outcomeCount } = await carryOut([...detaches, attach(200, "i-200")]);
    assert.deepEqual(begunMs.slice(0, 50), Array<number>(50).fill(0));
    assert.deepEqual(begunMs.slice(50, 53), [200, 400, 600]);
    assert.ok(outcomeCount < 121);
  });

  it("detaches nothing on evidence of more than ten seconds ago, but attaches", async () => {
    const actions = [detach(1, "i-1", "holderStopped"), attach(2, "i-2")];
    const onTime = await carryOut(actions, { evidenceAgeMs: 10_000 });
    assert.deepEqual([onTime.calls.length, onTime.outcomeCount], [2, 2]);
    const late = await carryOut(actions, { evidenceAgeMs: 10_001 });
    assert.deepEqual([late.calls, late.outcomeCount], [onTime.calls.slice(1), 1]);
  });

  it("deletes nothing on evidence of more than ten seconds ago, but makes and changes", async () => {
    const actions = [deleteUnused(1), create("i-2"), endWithInstance(3, "i-3")];
    const calls = ["delete eni-1", "create in subnet-a for i-2/of/second", "modify attach-3"];
    const onTime = await carryOut(actions, { evidenceAgeMs: 10_000 });
    assert.deepEqual([onTime.calls, onTime.outcomeCount], [calls, 3]);
    const late = await carryOut(actions, { evidenceAgeMs: 10_001 });
    assert.deepEqual([late.calls, late.outcomeCount], [calls.slice(1), 2]);
  });

  it("hands on the interface that was made, and nothing of any other action", async () => {
    const { outcomes } = await carryOut([create("i-1"), attach(2, "i-2"), deleteUnused(3)]);
    assert.deepEqual(outcomes, [
      {
        action: create("i-1"),
        created: { NetworkInterfaceId: "eni-51", PrivateIpAddress: "10.0.0.51" },
      },
      { action: attach(2, "i-2") },
      { action: deleteUnused(3) },
    ]);
  });

  it("makes an outcome of an interface that wasn't made", async () => {
    const { outcomes } = await carryOut([create("i-1")], {
      before: () => {
        throw serviceError("IdempotentParameterMismatch", "other parameters");
      },
    });
    const refusal = {
      class: "lookAgain",
      code: "IdempotentParameterMismatch",
      message: "other parameters",
      isKnown: true,
      blames: "pair",
    };
    assert.deepEqual(outcomes, [{ action: create("i-1"), refusal }]);
  });

  it("waits for no token of EC2's with what is made on demand, but counts it", async () => {
    const creates = numbersTo(60).map((number) => create(`i-${number}`));
    const { begunMs } = await carryOut([...creates, attach(100, "i-100")]);
    assert.deepEqual(begunMs, [...Array<number>(60).fill(0), 11 * 200]);
  });

  it("does what lifecycle hooks wait for beside the attachments", async () => {
    const complete = completeLaunch("i-1", "CONTINUE", "addressAttached");
    const { begunMs, calls } = await carryOut([...attaches(55), complete]);
    assert.equal(begunMs[calls.findIndex((call) => call.startsWith("complete"))], 0);
  });

  it("counts no token of EC2's for what lifecycle hooks wait for", async () => {
    const completes = numbersTo(60).map((number) =>
      completeLaunch(`i-${number}`, "CONTINUE", "addressAttached"),
    );
    const { begunMs } = await carryOut([...completes, ...attaches(50)]);
    assert.deepEqual(begunMs, Array<number>(110).fill(0));
  });

  it("leaves what would have to wait until the time is up", async () => {
    const { begunMs, outcomeCount } = await carryOut(attaches(80), { remainingMs: 1_000 });
    assert.deepEqual(begunMs.slice(50), [200, 400, 600, 800]);
    assert.equal(outcomeCount, 54);
  });

  it("begins nothing when no time is left", async () => {
    const { calls, outcomeCount } = await carryOut(attaches(1), { remainingMs: 0 });
    assert.deepEqual([calls, outcomeCount], [[], 0]);
  });

  it("makes an outcome of what AWS refuses, and goes on", async () => {
    const { calls, outcomeCount } = await carryOut(attaches(25), {
      before: (call) => {
        if (call.startsWith("attach eni-1 ")) throw serviceError("RequestLimitExceeded");
        return undefined;
      },
    });
    assert.deepEqual([calls.length, outcomeCount], [25, 25]);
  });

  describe("where others attach the same interfaces", () => {
    const taken = (code: string, count: number) => {
      let left = count;
      return (call: string): undefined => {
        if (!call.startsWith("attach ") || left === 0) return;
        left -= 1;
        throw serviceError(code, "in use");
      };
    };

    it("begins no other attachment after three lost races, but goes on with all else", async () => {
      const complete = completeLaunch("i-1", "CONTINUE", "addressAttached");
      const { calls, outcomeCount } = await carryOut(
        [...attaches(40), deleteUnused(50), complete],
        { before: taken("InvalidNetworkInterface.InUse", 3) },
      );
      // Ten at once, and another after each of the first two answers.
      const attached = calls.filter((call) => call.startsWith("attach "));
      assert.equal(attached.length, 12);
      assert.equal(outcomeCount, attached.length + 2);
    });

    it("goes on after two, and after refusals of another kind", async () => {
      const two = await carryOut(attaches(40), {
        before: taken("InvalidNetworkInterface.InUse", 2),
      });
      const busy = await carryOut(attaches(40), { before: taken("RequestLimitExceeded", 9) });
      assert.deepEqual([two.outcomeCount, busy.outcomeCount], [40, 40]);
    });

    it("begins anywhere in the attachments, and with what takes away before them", async () => {
      const detaches = [1, 2].map((number) => detach(number, `i-${number}`, "holderStopped"));
      const others = attaches(9).slice(2);
      mock.method(Math, "random", () => 0.5);
      const actions = [...detaches, ...others, deleteUnused(50)];
      const { calls } = await carryOut(actions, { isShared: true });
      const ids = calls.map((call) => /eni-\d+|attach-\d+/.exec(call)?.[0]);
      const inTurn = [6, 7, 8, 9, 3, 4, 5].map((number) => `eni-${number}`);
      assert.deepEqual(ids, ["attach-1", "attach-2", ...inTurn, "eni-50"]);
    });
  });

  it("sets ENA Express and the number of queues with every attachment where the pool has them", async () => {
    const chosen = settings({
      poolSettings: { licence: { enaSrd: "tcpAndUdp", enaQueueCount: 4 } },
    });
    const { aws } = ec2Of("");
    const inputs: unknown[] = [];
    aws.attachNetworkInterface = (input) => {
      inputs.push(input);
      return Promise.resolve();
    };
    const budget = { remainingMs: () => 1_000, evidenceAgeMs: () => 0, isShared: false };
    for (const one of [chosen, settings()]) {
      await applyActions([attach(1, "i-a")], aws, { settings: one, ...budget });
    }
    const plain = {
      NetworkInterfaceId: "eni-1",
      InstanceId: "i-a",
      DeviceIndex: 1,
      NetworkCardIndex: 0,
    };
    const express = { EnaSrdEnabled: true, EnaSrdUdpSpecification: { EnaSrdUdpEnabled: true } };
    assert.deepEqual(inputs, [{ ...plain, EnaSrdSpecification: express, EnaQueueCount: 4 }, plain]);
  });
});

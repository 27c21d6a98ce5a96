import assert from "node:assert/strict";
import { createMemory } from "../../handler/reconcile";
import { freeInterface, heldInterface, instance } from "./builders";
import { beforeRead, useReconcile } from "./reconcileHarness";
import { ec2Of, type SmallEc2 } from "./smallEc2";

const ATTACH = "attach eni-1 to i-a at 0/1";
const HEARTBEAT = "heartbeat network-interface-pool-launch of i-a in workers";
const COMPLETE = "complete network-interface-pool-launch of i-a in workers: CONTINUE";

describe("reconcilePools, of its own writes that reads don't show yet", () => {
  const { clock, reconcile } = useReconcile();

  /** Reads of the interfaces from the nth to the last show them like this, whatever was asked. */
  const showing = (first: number, last: number, ...shown: SmallEc2["interfaces"]) => {
    let reads = 0;
    return (call: string, region: SmallEc2): undefined => {
      if (!call.startsWith("interfaces by ")) return;
      reads += 1;
      if (reads >= first && reads <= last) region.interfaces = structuredClone(shown);
    };
  };

  describe("an attachment", () => {
    it("is asked for again when no read has shown it for half a minute", async () => {
      const { timeline } = await reconcile("eni-1 free    i-a running", {
        before: showing(2, 99, freeInterface(1)),
      });
      assert.deepEqual(timeline, [`0 s: ${ATTACH}`, `30.7 s: ${ATTACH}`]);
    });

    it("is given to nobody else meanwhile, whatever a read shows of the holder before", async () => {
      const { changes } = await reconcile(
        "eni-1 on i-old    i-a running, Pending:Wait    i-b running    i-old terminated",
        {
          readsInTransition: 0,
          before: showing(4, 6, heldInterface(1, "i-old")),
          invocationMs: 9_000,
        },
      );
      assert.deepEqual(changes, [HEARTBEAT, "detach attach-1", ATTACH]);
    });

    it("is asked for at once where one was shown and is off again", async () => {
      const { timeline } = await reconcile("eni-1 free    i-a running    i-b pending", {
        readsInTransition: 0,
        before: beforeRead(3, (region) => (region.interfaces = [freeInterface(1)])),
        wakeUp: { reportedRunningIds: ["i-b"] },
        invocationMs: 6_000,
      });
      assert.deepEqual(timeline, [`0 s: ${ATTACH}`, `2 s: ${ATTACH}`]);
    });
  });

  describe("a detachment", () => {
    it("is under way also for the next invocation, and lets no launch go on by what comes off", async () => {
      const memory = createMemory();
      const region = ec2Of("eni-1 on i-a    i-a running, Warmed:Running");
      const changes = [(await reconcile(region, { memory })).changes];
      region.interfaces = [heldInterface(1, "i-a")];
      region.members.set("i-a", "Pending:Wait");
      changes.push((await reconcile(region, { memory, invocationMs: 3_000 })).changes);
      region.interfaces = [freeInterface(1)];
      changes.push((await reconcile(region, { memory })).changes);
      assert.deepEqual(changes, [["detach attach-1"], [HEARTBEAT], [ATTACH, COMPLETE]]);
    });

    it("is over when a read shows it off: the next attachment is another", async () => {
      const memory = createMemory();
      const region = ec2Of("eni-1 on i-a    i-a stopped");
      await reconcile(region, { memory });
      region.interfaces = [freeInterface(1)];
      await reconcile(region, { memory });
      region.interfaces = [heldInterface(1, "i-a", { attachmentId: "attach-2" })];
      region.instances.set("i-a", instance("i-a"));
      region.members.set("i-a", "Pending:Wait");
      assert.deepEqual((await reconcile(region, { memory })).changes, [COMPLETE]);
    });

    it("is dated from when it was taken up, though reads still show it attached", async () => {
      const memory = createMemory();
      const region = ec2Of("eni-1 on i-a    i-a stopped    i-b running", {
        readsInTransition: 1000,
        before: (call, { interfaces }) => {
          if (call.startsWith("interfaces by "))
            Object.assign(interfaces[0] ?? {}, heldInterface(1, "i-a"));
        },
      });
      const changes: string[][] = [];
      const beginMs = clock.nowMs;
      for (const second of [0, 60, 119, 121]) {
        clock.nowMs = beginMs + second * 1000;
        changes.push((await reconcile(region, { memory, invocationMs: 2_500 })).changes);
      }
      assert.deepEqual(changes, [["detach attach-1"], [], [], ["detach attach-1 with force"]]);
    });
  });
});

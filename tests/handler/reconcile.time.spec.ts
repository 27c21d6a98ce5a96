import assert from "node:assert/strict";
import { createMemory } from "../../handler/learn";
import { useReconcile } from "./reconcileHarness";
import { freeInterface, heldInterface, instance } from "./builders";

describe("reconcilePools, as time passes", () => {
  const { clock, reconcile } = useReconcile();

  describe("looks again after 400 ms", () => {
    const terminating = { instances: [instance("i-a")], members: { "i-a": "Terminating:Wait" } };
    const complete = "complete network-interface-pool-terminate of i-a in workers: CONTINUE";

    it("while a termination waits for its address to come off", async () => {
      const { changes, pauses } = await reconcile({
        ...terminating,
        interfaces: [heldInterface(1, "i-a")],
      });
      assert.deepEqual(changes, ["detach attach-1", complete]);
      assert.deepEqual(pauses, [400, 400]);
    });

    it("also while another address is attaching", async () => {
      const { changes, pauses } = await reconcile({
        ...terminating,
        interfaces: [heldInterface(1, "i-a"), freeInterface(2)],
        instances: [instance("i-a"), instance("i-b")],
      });
      assert.deepEqual(changes, ["detach attach-1", "attach eni-2 to i-b at 0/1", complete]);
      assert.deepEqual(pauses, [400, 400]);
    });
  });

  describe("while an address comes back for which somebody waits", () => {
    const interfaces = [heldInterface(1, "i-gone")];
    const often = Array.from({ length: 10 }, () => 400);

    it("looks ten times often and then each second, then at everything every other time", async () => {
      const { steps, pauses } = await reconcile({ interfaces, instances: [instance("i-a")] });
      const alone = ["look at the interfaces", "look at the interfaces", "look at the interfaces"];
      const whole = "look at everything";
      const first = [whole, ...alone, whole, ...alone, whole, ...alone.slice(1)];
      const then = [whole, "look at the interfaces", whole, "look at the interfaces", whole];
      const looks = steps.filter((step) => step.startsWith("look "));
      assert.deepEqual(looks.slice(0, 16), [...first, ...then]);
      assert.deepEqual(pauses.slice(0, 12), [...often, 1_000, 1_000]);
    });
  });

  describe("remembers a launch into a warm pool", () => {
    const warmingActions = [
      { instanceId: "i-a", groupName: "workers", lifecycleActionToken: "token-1" },
    ];
    const answer = "complete network-interface-pool-launch of token-1 in workers: CONTINUE";

    /** What is answered when EC2 shows the instance only so long after the event. */
    const answerAfter = async (elapsedMs: number) => {
      const memory = createMemory();
      await reconcile({}, { memory, wakeUp: { warmingActions } });
      clock.nowMs += elapsedMs;
      return (await reconcile({ instances: [instance("i-a")] }, { memory })).changes;
    };

    it("for ten minutes from its event on", async () => {
      assert.deepEqual(await answerAfter(600_000), [answer]);
    });

    it("and no longer, since its hook has timed out", async () => {
      assert.deepEqual(await answerAfter(600_001), []);
    });
  });
});

import assert from "node:assert/strict";
import { Traffic } from "../../../simulator/runtime/inFlight";

/** Whether virtual time may move within some rounds of the event loop. */
async function isSettled(traffic: Traffic): Promise<boolean> {
  let settled = false;
  void traffic.settle().then(() => {
    settled = true;
  });
  for (let round = 0; round < 20; round += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return settled;
}

describe("Traffic.settle", () => {
  it("waits while a request is on its way to AWS, and not while it waits there", async () => {
    const traffic = new Traffic();
    const number = traffic.leaves();
    assert.equal(await isSettled(traffic), false);
    traffic.arrives(number);
    assert.equal(await isSettled(traffic), true);
  });

  it("waits while an answer is on its way back", async () => {
    const traffic = new Traffic();
    const number = traffic.leaves();
    traffic.arrives(number);
    traffic.returns(number);
    assert.equal(await isSettled(traffic), false);
    traffic.ends(number);
    assert.equal(await isSettled(traffic), true);
  });

  it("doesn't wait for the answer to a request that was given up", async () => {
    const traffic = new Traffic();
    const number = traffic.leaves();
    traffic.arrives(number);
    traffic.ends(number);
    traffic.returns(number);
    assert.equal(await isSettled(traffic), true);
  });
});

import assert from "node:assert/strict";
import { InFlightRequests } from "../../../simulator/runtime/inFlight";

/** Whether virtual time may move within some rounds of the event loop. */
async function isSettled(inFlight: InFlightRequests): Promise<boolean> {
  let settled = false;
  void inFlight.settle().then(() => {
    settled = true;
  });
  for (let round = 0; round < 20; round += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return settled;
}

describe("InFlightRequests.settle", () => {
  it("waits while a request is on its way to AWS, and not while it waits there", async () => {
    const inFlight = new InFlightRequests();
    const number = inFlight.leaves();
    assert.equal(await isSettled(inFlight), false);
    inFlight.arrives(number);
    assert.equal(await isSettled(inFlight), true);
  });

  it("waits while an answer is on its way back", async () => {
    const inFlight = new InFlightRequests();
    const number = inFlight.leaves();
    inFlight.arrives(number);
    inFlight.returns(number);
    assert.equal(await isSettled(inFlight), false);
    inFlight.ends(number);
    assert.equal(await isSettled(inFlight), true);
  });

  it("doesn't wait for the answer to a request that was given up", async () => {
    const inFlight = new InFlightRequests();
    const number = inFlight.leaves();
    inFlight.arrives(number);
    inFlight.ends(number);
    inFlight.returns(number);
    assert.equal(await isSettled(inFlight), true);
  });
});

import assert from "node:assert/strict";
import { configurationOf, drawUpBill, usageAtLeast, usageOfMonth } from "../../bench/bill";
import { deploy } from "../simulator/stage";
import { costOf, loadBalancerCost, totalOf } from "../../bench/prices";

const nothing = {
  invocations: 0,
  gbSeconds: 0,
  queueRequests: 0,
  logBytes: 0,
  metrics: 0,
  alarms: 0,
  dashboards: 0,
};
const common = {
  memoryMb: 512,
  platformLogBytes: 800,
  event: { functionSeconds: 2, logBytes: 3_000 },
};
const small = { functionSeconds: 0.1, logBytes: 1_000 };
const manager = { ...common, sync: small };

const toCents = (dollars: number) => Math.round(dollars * 100);

describe("costOf", () => {
  it("is nothing for nothing", () => {
    assert.equal(totalOf(costOf(nothing)), 0);
  });

  it("charges every thing by its own unit", () => {
    const usage = {
      invocations: 1e6,
      gbSeconds: 1e6,
      queueRequests: 2e6,
      logBytes: 4e9,
      metrics: 10,
      alarms: 5,
      dashboards: 2,
    };
    const cost = Object.entries(costOf(usage)).map(([what, dollars]) => [what, toCents(dollars)]);
    assert.deepEqual(Object.fromEntries(cost), {
      function: 20 + 1333,
      queue: 100,
      log: 200,
      "metrics, alarms, dashboard": 300 + 50 + 600,
    });
  });

  it("charges a load balancer by the hour and by what it carries", () => {
    assert.equal(toCents(loadBalancerCost(0)), 1643);
    assert.equal(toCents(loadBalancerCost(10) - loadBalancerCost(0)), 4380);
  });
});

describe("usageOfMonth", () => {
  it("is the schedule's full read every minute at rest", () => {
    const { invocations, gbSeconds, logBytes } = usageOfMonth(manager, 0);
    assert.deepEqual(
      [invocations, Math.round(gbSeconds), logBytes],
      [43_800, 2_190, 43_800 * 1_800],
    );
  });

  it("adds an invocation, its time, its messages and its log for every event", () => {
    const rest = usageOfMonth(manager, 0);
    const busy = usageOfMonth(manager, 100);
    assert.equal(busy.invocations - rest.invocations, 100);
    assert.equal(Math.round(busy.gbSeconds - rest.gbSeconds), 100);
    assert.equal(busy.queueRequests - rest.queueRequests, 300);
    assert.equal(busy.logBytes - rest.logBytes, 100 * 3_800);
    assert.equal(busy.metrics, rest.metrics);
  });
});

describe("usageAtLeast", () => {
  it("is the function's time and the messages that wake it, alone", () => {
    const usage = usageOfMonth(manager, 100);
    assert.deepEqual(usageAtLeast(usage), {
      ...nothing,
      invocations: 43_900,
      gbSeconds: usage.gbSeconds,
      queueRequests: 3 * 43_900,
    });
  });
});

describe("configurationOf", () => {
  const configured = async (loggingConfig: object) => {
    const deployment = await deploy([{ name: "alone", size: 1 }]);
    const { inputs } = deployment.lambda;
    const lambda = { ...deployment.lambda, inputs: { ...inputs, memorySize: 256, loggingConfig } };
    return configurationOf({ ...deployment, lambda });
  };

  it("is the memory size, and what Lambda writes unless it is to write of failures alone", async () => {
    assert.deepEqual(await configured({ logFormat: "JSON" }), {
      memoryMb: 256,
      platformLogBytes: 800,
    });
    assert.deepEqual(await configured({ logFormat: "JSON", systemLogLevel: "WARN" }), {
      memoryMb: 256,
      platformLogBytes: 0,
    });
  });
});

describe("drawUpBill", () => {
  const rowsWith = (largeSeconds: number) => {
    const large = { functionSeconds: largeSeconds, logBytes: 1_000 };
    return drawUpBill({ ...common, costs: { small, large } }).rows;
  };

  it("gives the load balancer's price as a figure of its own, and not as a floor", () => {
    const rows = rowsWith(0.1)
      .slice(2)
      .map(({ what, figure, floor }) => [what, figure, floor]);
    assert.deepEqual(rows, [
      ["A month at rest: the manager", "US$ 6.47", "US$ 0.10"],
      ["A month at rest: a network load balancer instead", "US$ 16.43", ""],
      ["A month with 10,000 events: the manager", "US$ 6.64", "US$ 0.25"],
      ["A month with 10,000 events: a network load balancer instead", "US$ 20.80", ""],
    ]);
  });

  it("judges what function, queue and log cost at rest, by one instance and by a thousand", () => {
    const verdictsOf = (largeSeconds: number) =>
      rowsWith(largeSeconds)
        .slice(0, 2)
        .map(({ what, figure, isMet }) => [what.replace(/ in sync: .*/, ""), figure, isMet]);
    assert.deepEqual(verdictsOf(0.5), [
      ["A month at rest, 1 instance", "US$ 0.47", true],
      ["A month at rest, 1,000 instances", "US$ 0.59", true],
    ]);
    assert.deepEqual(verdictsOf(0.6)[1], ["A month at rest, 1,000 instances", "US$ 0.62", false]);
  });
});

import assert from "node:assert/strict";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { addInterface, openEc2, pass, START_MS, subnet } from "../aws/services";

const KEY = "pool";

/** Two interfaces of one pool and one of none, recorded since the run began. */
function openHistory() {
  const stage = openEc2();
  const { ec2, services } = stage;
  for (const [number, tags] of [
    [10, { [KEY]: "licence" }],
    [9, { [KEY]: "licence" }],
    [11, { Name: "other" }],
  ] as const) {
    addInterface(stage, number).tags = tags;
  }
  const addressHistory = new AddressHistory(ec2, services.clock, KEY);
  return {
    ...stage,
    addressHistory,
    pass: (ms: number) => pass(services, ms),
    run: (tags: Record<string, string> = { [KEY]: "licence" }) => {
      return ec2.runInstance("t3.medium", subnet, tags).id;
    },
    attach: (number: number, instanceId: string, deviceIndex = 1) =>
      ec2.attachNetworkInterface(`eni-${number}`, instanceId, deviceIndex, 0).id,
  };
}

describe("AddressHistory", () => {
  it("has a record of every interface of a pool, by address", () => {
    const { addressHistory } = openHistory();
    const record = (number: string) => ({
      networkInterfaceId: `eni-${Number(number)}`,
      address: `10.0.0.${Number(number)}`,
      macAddress: `02:00:00:00:00:${number}`,
      pool: "licence",
      holdingPeriods: [],
      isMade: false,
    });
    assert.deepEqual(addressHistory.accounts, [record("09"), record("10")]);
  });

  it("counts a holding period from attached to off, and knows both sides meanwhile", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const id = stage.run();
    await stage.pass(5_000);
    const attachmentId = stage.attach(10, id);
    await stage.pass(999);
    assert.equal(addressHistory.holderOf("10.0.0.10"), undefined);
    await stage.pass(1);
    assert.equal(addressHistory.holderOf("10.0.0.10"), id);
    assert.equal(addressHistory.addressOf(id), "10.0.0.10");
    ec2.detachNetworkInterface(attachmentId, false);
    await stage.pass(2_000);
    assert.equal(addressHistory.holderOf("10.0.0.10"), undefined);
    assert.equal(addressHistory.addressOf(id), undefined);
    const account = addressHistory.accountOf("eni-10");
    assert.deepEqual(account?.holdingPeriods, [{ instanceId: id, fromMs: 6_000, toMs: 8_000 }]);
    assert.equal(account.freeSinceMs, 8_000);
  });

  it("has a record of what is made and attached during the run, and doesn't miss it later", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const id = stage.run();
    await stage.pass(5_000);
    const made = ec2.makeNetworkInterface({
      subnet,
      securityGroupIds: [],
      tags: { [KEY]: "licence" },
      clientToken: "token",
    });
    await stage.pass(5_000);
    ec2.attachNetworkInterface(made.id, id, 1, 0);
    await stage.pass(1_000);
    assert.equal(addressHistory.holderOf(made.address), id);
    const account = addressHistory.accountOf(made.id);
    assert.equal(account && addressHistory.gapMs(account), undefined);
    ec2.setDeleteOnTermination(made.id, made.attachment?.id ?? "", true);
    ec2.terminateInstance(id);
    await stage.pass(100_000);
    assert.equal(ec2.interfaces.has(made.id), false);
    assert.deepEqual(addressHistory.findLost(), []);
  });

  it("counts no waiting of standbys, which run without an address", async () => {
    for (const [hasStandbys, count] of [
      [() => true, 0],
      [() => false, 1],
    ] as const) {
      const { ec2, services, ...stage } = openHistory();
      const addressHistory = new AddressHistory(ec2, services.clock, KEY, hasStandbys);
      const id = stage.run();
      await stage.pass(5_000);
      stage.attach(10, id);
      await stage.pass(1_000);
      assert.equal(addressHistory.waitedMs.length, count);
    }
  });

  it("ends a holding period when its holder stops working, before the interface is off", async () => {
    for (const how of ["stopInstance", "terminateInstance"] as const) {
      const { addressHistory, ec2, ...stage } = openHistory();
      const id = stage.run();
      await stage.pass(5_000);
      const attachmentId = stage.attach(10, id);
      await stage.pass(3_000);
      ec2[how](id);
      const holdingPeriods = [{ instanceId: id, fromMs: 6_000, toMs: 8_000 }];
      assert.deepEqual(addressHistory.accountOf("eni-10")?.holdingPeriods, holdingPeriods);
      assert.equal(ec2.interfaceById("eni-10").attachment?.status, "attached");
      ec2.detachNetworkInterface(attachmentId, false);
      await stage.pass(60_000);
      assert.deepEqual(addressHistory.accountOf("eni-10")?.holdingPeriods, holdingPeriods);
    }
  });

  it("ends the holding period of the interface that is off, and no other", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const first = stage.run();
    const second = stage.run();
    await stage.pass(5_000);
    const attachmentId = stage.attach(9, first);
    stage.attach(10, second);
    await stage.pass(1_000);
    ec2.detachNetworkInterface(attachmentId, false);
    await stage.pass(2_000);
    assert.equal(addressHistory.holderOf("10.0.0.9"), undefined);
    assert.equal(addressHistory.holderOf("10.0.0.10"), second);
  });

  it("measures how long an instance waited, without the attachment's own time", async () => {
    const { addressHistory, ...stage } = openHistory();
    const id = stage.run();
    await stage.pass(5_000 + 1_234);
    stage.attach(10, id);
    await stage.pass(60_000);
    assert.deepEqual(addressHistory.waitedMs, [1_234]);
    assert.deepEqual(addressHistory.tookOverMs, []);
  });

  it("measures a take-over from when the address was free, for an instance that waited", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const first = stage.run();
    await stage.pass(5_000);
    const attachmentId = stage.attach(10, first);
    const second = stage.run();
    await stage.pass(5_000);
    ec2.detachNetworkInterface(attachmentId, false);
    await stage.pass(2_000 + 300);
    stage.attach(10, second);
    await stage.pass(60_000);
    assert.deepEqual(addressHistory.tookOverMs, [300 + 1_000]);
  });

  it("measures a take-over from when the instance ran, for an address that was free before", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const first = stage.run();
    await stage.pass(5_000);
    const attachmentId = stage.attach(10, first);
    await stage.pass(5_000);
    ec2.detachNetworkInterface(attachmentId, false);
    await stage.pass(60_000);
    const second = stage.run();
    await stage.pass(5_000 + 700);
    stage.attach(10, second);
    await stage.pass(60_000);
    assert.deepEqual(addressHistory.tookOverMs, [700 + 1_000]);
  });

  it("adds up the time without a holder since the first one", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const id = stage.run();
    await stage.pass(5_000);
    const attachmentId = stage.attach(10, id);
    await stage.pass(10_000);
    ec2.detachNetworkInterface(attachmentId, false);
    await stage.pass(2_000 + 7_000);
    stage.attach(10, id);
    await stage.pass(30_000);
    const [spare, account] = addressHistory.accounts;
    assert.ok(spare && account);
    assert.equal(addressHistory.gapMs(account), 7_000 + 1_000);
    assert.equal(addressHistory.gapMs(spare), undefined);
  });

  it("counts from when it was opened", async () => {
    const stage = openEc2();
    addInterface(stage, 10).tags = { [KEY]: "licence" };
    await pass(stage.services, 50_000);
    const addressHistory = new AddressHistory(stage.ec2, stage.services.clock, KEY);
    const { id } = stage.ec2.runInstance("t4g.micro", subnet, {});
    await pass(stage.services, 5_000);
    assert.equal(stage.services.clock.nowMs - START_MS, 55_000);
    assert.equal(addressHistory.runningSinceMs.get(id), 5_000);
  });

  it("does not count an attachment to an instance that does not run", async () => {
    const { addressHistory, ec2, ...stage } = openHistory();
    const id = stage.run();
    await stage.pass(5_000);
    ec2.stopInstance(id);
    await stage.pass(10_000);
    stage.attach(10, id);
    await stage.pass(10_000);
    assert.deepEqual(addressHistory.accountOf("eni-10")?.holdingPeriods, []);
    assert.deepEqual(addressHistory.waitedMs, []);
  });
});

describe("AddressHistory.findLost", () => {
  it("finds nothing while every address is where it was, held or free", async () => {
    const { addressHistory, ...stage } = openHistory();
    const id = stage.run();
    await stage.pass(5_000);
    stage.attach(10, id);
    await stage.pass(1_000);
    assert.deepEqual(addressHistory.findLost(), []);
  });

  it("finds an interface that is gone, and one with another MAC or address", () => {
    const { addressHistory, ec2 } = openHistory();
    ec2.deleteNetworkInterface("eni-9");
    ec2.interfaceById("eni-10").macAddress = "02:00:00:00:00:99";
    const lost = [
      "address 10.0.0.9 (02:00:00:00:00:09) is lost",
      "address 10.0.0.10 (02:00:00:00:00:10) is lost",
    ];
    assert.deepEqual(addressHistory.findLost(), lost);
    ec2.interfaceById("eni-10").macAddress = "02:00:00:00:00:10";
    ec2.interfaceById("eni-10").address = "10.0.0.99";
    assert.deepEqual(addressHistory.findLost(), lost);
  });
});

import assert from "node:assert/strict";
import { AddressHistory } from "../../../simulator/checkers/addressHistory";
import { subnet } from "../aws/services";
import { Situation } from "./situation";

const secondsOf = (ms: number) => `${ms / 1000} s`;

/** What has been recorded, with the names of a situation, in seconds of the run. */
function recordedIn(situation: Situation, addressHistory: AddressHistory): string[] {
  const { records, waitedMs, tookOverMs } = addressHistory;
  const recorded = records.flatMap((record) => {
    const periods = record.holdingPeriods.map(({ instanceId, fromMs, toMs }) => {
      const end = toMs === undefined ? "on" : `to ${secondsOf(toMs)}`;
      return `${record.address} is with ${instanceId} from ${secondsOf(fromMs)} ${end}`;
    });
    const gapMs = addressHistory.gapMs(record) ?? 0;
    return [...periods, ...(gapMs > 0 ? [`nobody had it for ${secondsOf(gapMs)}`] : [])];
  });
  return [
    ...recorded.map((text) => situation.named(text)),
    ...waitedMs.map((ms) => `waited ${secondsOf(ms)}`),
    ...tookOverMs.map((ms) => `took over in ${secondsOf(ms)}`),
  ];
}

/** An instance starts in 5 s; an interface is attached in 1 s, and off in 2 s. */
const situations: Record<string, [situation: string, ...recorded: string[]][]> = {
  "a holding period from attached to off": [
    ["i runs, a attaches to i, 0.999 s"],
    ["i holds a", "a is with i from 6 s on", "waited 0 s"],
    ["i holds a, a is detached by hand, 1.999 s", "a is with i from 6 s on", "waited 0 s"],
    ["i holds a, a is detached by hand, 2 s", "a is with i from 6 s to 8 s", "waited 0 s"],
    [
      "i holds a, j holds b, a is detached by hand, 2 s",
      "a is with i from 6 s to 14 s",
      "b is with j from 12 s on",
      "waited 0 s",
      "waited 0 s",
    ],
  ],
  "its end when the holder stops working, before the interface is off": [
    ["i holds a, 2 s, i stops", "a is with i from 6 s to 8 s", "waited 0 s"],
    ["i holds a, 2 s, i is terminated", "a is with i from 6 s to 8 s", "waited 0 s"],
    [
      "i holds a, 2 s, i stops, a is detached by hand, 60 s",
      "a is with i from 6 s to 8 s",
      "nobody had it for 60 s",
      "waited 0 s",
    ],
  ],
  "nothing of what is of no pool, or attached to an instance that doesn't run": [
    ["i runs"],
    ["i runs, i stops, 10 s, a attaches to i, 10 s"],
  ],
  "how long an instance waited, without the attachment's own time": [
    ["i runs, 1.234 s, a attaches to i, 60 s", "a is with i from 7.234 s on", "waited 1.234 s"],
  ],
  "a take-over from when both the address was free and the instance ran": [
    [
      "i holds a, j runs, a is detached by hand, 2.3 s, a attaches to j, 60 s",
      "a is with i from 6 s to 13 s",
      "a is with j from 14.3 s on",
      "nobody had it for 1.3 s",
      "waited 0 s",
      "waited 2.3 s",
      "took over in 1.3 s",
    ],
    [
      "i holds a, a is detached by hand, 62 s, j runs, 0.7 s, a attaches to j, 60 s",
      "a is with i from 6 s to 8 s",
      "a is with j from 74.7 s on",
      "nobody had it for 66.7 s",
      "waited 0 s",
      "waited 0.7 s",
      "took over in 1.7 s",
    ],
  ],
  "the time without a holder since the first one": [
    [
      "i holds a, 9 s, a is detached by hand, 9 s, a attaches to i, 30 s",
      "a is with i from 6 s to 17 s",
      "a is with i from 25 s on",
      "nobody had it for 8 s",
      "waited 0 s",
      "waited 19 s",
      "took over in 8 s",
    ],
  ],
};

/** An address history of an empty Region, in which phrases come true. */
const withHistory = (
  test: (situation: Situation, addressHistory: AddressHistory) => unknown,
): Promise<void> =>
  Situation.with(async (situation) => {
    await test(situation, AddressHistory.of(situation.region));
  });

describe("AddressHistory", () => {
  for (const [what, cases] of Object.entries(situations)) {
    for (const [text, ...expected] of cases) {
      it(`records ${what}: ${text}`, () =>
        withHistory(async (situation, addressHistory) => {
          await situation.comesTrue(text);
          assert.deepEqual(recordedIn(situation, addressHistory), expected);
        }));
    }
  }

  it("has a record of every interface of a pool, by address", () =>
    Situation.with(({ region }) => {
      const { ec2, tagKey } = region;
      const [address, macAddress] = ["10.0.0.9", "02:00:00:00:00:09"];
      const tags = { [tagKey]: "licence" };
      ec2.createNetworkInterface({ id: "eni-9", subnet, address, macAddress, tags });
      const untagged = { address: "10.0.0.8", macAddress: "02:00:00:00:00:08", tags: {} };
      ec2.createNetworkInterface({ id: "eni-8", subnet, ...untagged });
      const { records } = AddressHistory.of(region);
      assert.deepEqual(records[0], {
        networkInterfaceId: "eni-9",
        address,
        macAddress,
        pool: "licence",
        holdingPeriods: [],
        isMade: false,
      });
      assert.deepEqual(
        records.map((record) => record.address),
        ["10.0.0.9", "10.0.0.10", ...[20, 21, 22, 23].map((number) => `10.0.0.${number}`)],
      );
    }));

  it("knows both sides of what is held, while it is", () =>
    withHistory(async (situation, addressHistory) => {
      const sides = () => [
        addressHistory.holderOf(situation.address("a").address),
        addressHistory.addressOf(situation.idOf("i")),
      ];
      await situation.comesTrue("i runs, a attaches to i");
      assert.deepEqual(sides(), [undefined, undefined]);
      await situation.comesTrue("1 s");
      assert.deepEqual(sides(), [situation.idOf("i"), situation.address("a").address]);
      await situation.comesTrue("a is detached by hand, 2 s");
      assert.deepEqual(sides(), [undefined, undefined]);
    }));

  it("counts from when it was opened", () =>
    Situation.with(async (situation) => {
      await situation.comesTrue("50 s");
      const addressHistory = AddressHistory.of(situation.region);
      await situation.comesTrue("i holds a");
      assert.equal(addressHistory.runningSinceMs.get(situation.idOf("i")), 5_000);
      const expected = ["a is with i from 6 s on", "waited 0 s"];
      assert.deepEqual(recordedIn(situation, addressHistory), expected);
    }));

  it("counts no waiting of standbys, which run without an address", () =>
    Situation.with(async (situation) => {
      const { ec2, clock, tagKey } = situation.region;
      const addressHistory = new AddressHistory(ec2, clock, tagKey, (pool) => pool === "cluster");
      await situation.comesTrue("i holds a, j holds l");
      assert.equal(addressHistory.waitedMs.length, 1);
    }));

  it("has a record of what is made and attached during the run, and doesn't miss it later", () =>
    withHistory(async (situation, addressHistory) => {
      const { ec2 } = situation.region;
      await situation.comesTrue("i runs");
      const tags = situation.tag("cluster");
      const made = ec2.makeNetworkInterface({
        subnet,
        securityGroupIds: [],
        tags,
        clientToken: "token",
      });
      await situation.comesTrue("5 s");
      ec2.attachNetworkInterface(made.id, situation.idOf("i"), 1, 0);
      await situation.comesTrue("1 s");
      assert.equal(addressHistory.holderOf(made.address), situation.idOf("i"));
      ec2.setDeleteOnTermination(made.id, made.attachment?.id ?? "", true);
      await situation.comesTrue("i is terminated, 100 s");
      assert.equal(ec2.interfaces.has(made.id), false);
      assert.deepEqual(addressHistory.findLost(), []);
      const record = addressHistory.recordOf(made.id);
      assert.equal(record && addressHistory.gapMs(record), undefined);
    }));
});

describe("AddressHistory.findLost", () => {
  it("finds nothing while every address is where it was, held or free", () =>
    withHistory(async (situation, addressHistory) => {
      await situation.comesTrue("i holds a, b is in none");
      assert.deepEqual(addressHistory.findLost(), []);
    }));

  it("finds an interface that is gone, and one with another MAC or address", () =>
    withHistory((situation, addressHistory) => {
      const { ec2 } = situation.region;
      const [gone, other, third] = ["a", "b", "c"].map((name) => situation.address(name));
      assert.ok(gone && other && third);
      const lost = [gone, other, third].map(
        ({ address, macAddress }) => `address ${address} (${macAddress}) is lost`,
      );
      ec2.deleteNetworkInterface(gone.id);
      other.macAddress = "02:00:00:00:00:99";
      third.address = "10.0.0.99";
      assert.deepEqual(addressHistory.findLost(), lost);
    }));
});

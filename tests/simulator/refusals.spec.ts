import assert from "node:assert/strict";
import { Clock } from "../../simulator/runtime/clock";
import { type Fault, Faults } from "../../simulator/faults";
import type { WantedAttachment } from "../../simulator/refusals";
import { attachTo, type CallStage, interfaceOf, poolTag, withCalls } from "./aws/calls";

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const drawn = SEEDS.map((seed) => Faults.draw(seed, new Clock(0), 1, []).refusals);

const wanted = (number: number, parts: Partial<WantedAttachment> = {}): WantedAttachment => ({
  networkInterfaceId: `eni-${number}`,
  instanceId: `i-${number}`,
  networkCardIndex: 0,
  deviceIndex: 1,
  ...parts,
});

const isOf = (subject: string) => drawn.find((refusals) => String(refusals).endsWith(subject));
const numbers = Array.from({ length: 1_000 }, (_, number) => number);

describe("what EC2 refuses to attach in a run", () => {
  it("is refused with each of the codes, and by each subject, in some run", () => {
    const codes = new Set(drawn.map(({ code }) => code));
    assert.deepEqual([...codes].sort(), [
      "InvalidParameterValue",
      "OperationNotPermitted",
      "PrivateIpAddressLimitExceeded",
      "SomethingNew",
      "Unsupported",
      "UnsupportedOperation",
    ]);
    const pairs = new Set(drawn.map(String));
    assert.equal(pairs.size, 18);
    assert.ok(pairs.has("Unsupported by place"));
  });

  it("is never refused in words that EC2 has for what is in use", () => {
    for (const { message } of drawn) assert.doesNotMatch(message, /in use|already/);
  });

  for (const subject of ["networkInterface", "instance", "place"]) {
    it(`is a share of all, the same each time, by ${subject}`, () => {
      const refusals = isOf(subject) ?? assert.fail();
      const count = numbers.filter((number) => refusals.concern(wanted(number), 0.3)).length;
      assert.ok(count > 250 && count < 350, `${count}`);
      const concerned = (share: number) =>
        numbers.filter((number) => refusals.concern(wanted(number), share));
      assert.deepEqual(concerned(0.3), concerned(0.3));
      assert.deepEqual([concerned(0), concerned(1).length], [[], 1_000]);
      const [some, more] = [concerned(0.2), concerned(0.4)];
      assert.ok(some.every((number) => more.includes(number)));
    });
  }

  const others: Record<string, Partial<WantedAttachment>[]> = {
    networkInterface: [{ instanceId: "i-x" }, { deviceIndex: 2 }, { networkCardIndex: 1 }],
    instance: [{ networkInterfaceId: "eni-x" }, { deviceIndex: 2 }, { networkCardIndex: 1 }],
    place: [{ networkInterfaceId: "eni-x" }],
  };
  for (const [subject, parts] of Object.entries(others)) {
    it(`is the same for all that shares its ${subject}`, () => {
      const refusals = isOf(subject) ?? assert.fail();
      for (const part of parts) {
        for (const number of numbers) {
          const isRefused = refusals.concern(wanted(number), 0.3);
          assert.equal(refusals.concern(wanted(number, part), 0.3), isRefused);
        }
      }
    });
  }

  it("is another device index or card of the same instance, where it is a place", () => {
    const refusals = isOf("place") ?? assert.fail();
    for (const part of [{ deviceIndex: 2 }, { networkCardIndex: 1 }]) {
      const differ = numbers.filter(
        (number) =>
          refusals.concern(wanted(number), 0.3) !== refusals.concern(wanted(number, part), 0.3),
      );
      assert.ok(differ.length > 300, `${differ.length}`);
    }
  });

  it("is another with another seed", () => {
    const pair = drawn.filter((one) => String(one) === "Unsupported by instance");
    const [one = [], other = []] = pair.map((refusals) =>
      numbers.filter((number) => refusals.concern(wanted(number), 0.3)),
    );
    assert.notDeepEqual(one, other);
  });
});

describe("the fault placeRefused", () => {
  const START_MS = 1_000_000;
  const withFault = () => {
    const clock = new Clock(START_MS);
    const faults = Faults.draw(4, clock, 600_000, ["placeRefused"]);
    const [{ fromMs, share } = assert.fail()] = faults.periods;
    const refused = numbers.map((number) => wanted(number));
    const count = () => refused.filter((one) => faults.refuses(one)).length;
    const countRemembered = () => refused.filter((one) => faults.mayHaveRefused(one)).length;
    return { clock, faults, fromMs, share, count, countRemembered };
  };

  it("lasts from its beginning until all is healed, and is remembered then", () => {
    const { clock, faults, fromMs, count, countRemembered } = withFault();
    clock.nowMs = fromMs - 1;
    assert.deepEqual([count(), countRemembered()], [0, 0]);
    clock.nowMs = fromMs;
    const most = count();
    assert.ok(most > 50 && most < 450, `${most}`);
    clock.nowMs = fromMs + 86_400_000;
    assert.deepEqual([count(), countRemembered()], [most, most]);
    faults.heal("placeRefused");
    assert.equal(count(), most);
    faults.heal();
    assert.deepEqual([count(), countRemembered()], [0, most]);
  });

  it("goes on alone while all others are healed", () => {
    const clock = new Clock(START_MS);
    const only: Fault[] = ["placeRefused", "rightsTaken"];
    const faults = Faults.draw(4, clock, 600_000, only);
    const { fromMs = 0 } = faults.periods.find(({ fault }) => fault === "rightsTaken") ?? {};
    clock.nowMs = fromMs;
    assert.equal(faults.strikes("rightsTaken"), true);
    faults.heal("placeRefused");
    assert.equal(faults.strikes("rightsTaken"), false);
  });

  it("is none where it isn't drawn", () => {
    const faults = Faults.draw(4, new Clock(START_MS), 600_000, []);
    assert.ok(numbers.every((number) => !faults.refuses(wanted(number))));
    assert.ok(numbers.every((number) => !faults.mayHaveRefused(wanted(number))));
  });

  it("is described by what it refuses and how", () => {
    const { faults } = withFault();
    const [line = ""] = faults.describe();
    assert.match(
      line,
      /^placeRefused \d+ % from \d+ s on: \w+ by (networkInterface|instance|place)$/,
    );
  });
});

for (const clients of ["bundle", "inProcess"] as const) {
  describe(`what the function hears of a refused place, by the clients of the ${clients}`, () => {
    /** Everything is refused, with the manner of a seed. */
    const all = (seed: number) => (clock: Clock) => {
      const faults = Faults.draw(seed, clock, 1, []);
      faults.periods.push({ fault: "placeRefused", share: 1, fromMs: 0, toMs: Infinity });
      return faults;
    };
    const attachOnce = async (stage: CallStage) => {
      const { id } = await stage.run(poolTag(stage));
      const input = attachTo(interfaceOf(stage).id, id);
      return stage.call("attachNetworkInterface", input);
    };

    for (const seed of [1, 2, 3]) {
      it(`is its code, at once and again, and nothing is attached (seed ${seed})`, () =>
        withCalls(
          async (stage) => {
            const { code, message } = stage.region.faults.refusals;
            for (const { error } of [await attachOnce(stage), await attachOnce(stage)]) {
              assert.deepEqual([error?.name, error?.message], [code, message]);
            }
            assert.equal(interfaceOf(stage).attachment, undefined);
            const calls = stage.region.journal.entries.filter(({ source }) => source === "call");
            assert.deepEqual(
              calls.map(({ facts }) => facts?.code),
              [code, code],
            );
          },
          { clients, faults: all(seed) },
        ));
    }

    it("is what is wrong besides, where something is", () =>
      withCalls(
        async (stage) => {
          const input = attachTo(interfaceOf(stage).id, "i-0");
          const { error } = await stage.call("attachNetworkInterface", input);
          assert.equal(error?.name, "InvalidInstanceID.NotFound");
        },
        { clients, faults: all(1) },
      ));
  });
}

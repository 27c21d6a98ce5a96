import assert from "node:assert/strict";
import { mock } from "node:test";
import { createMeter } from "../../handler/clients";
import type { Measurement } from "../../handler/names";

const NAME = "AWS_LAMBDA_FUNCTION_NAME";

/** What a meter of the function `manager-1a2b` writes, line by line. */
function written(measurements: Measurement[]): Record<string, unknown>[] {
  const before = process.env[NAME];
  process.env[NAME] = "manager-1a2b";
  const chunks: string[] = [];
  const meter = createMeter();
  mock.method(process.stdout, "write", (chunk: string) => chunks.push(chunk) > 0);
  try {
    meter(measurements);
  } finally {
    mock.restoreAll();
    if (before === undefined) Reflect.deleteProperty(process.env, NAME);
    else process.env[NAME] = before;
  }
  const lines = chunks.join("").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("createMeter", () => {
  it("writes nothing where nothing was measured", () => {
    assert.deepEqual(written([]), []);
  });

  it("writes a line for each measurement, with its own dimensions alone", () => {
    const lines = written([
      { dimensions: { Pool: "a", Reason: "lookAgain" }, values: { Failures: [2] } },
      { dimensions: { Pool: "b" }, values: { AddressesFree: [1], LaunchToAttached: [4, 5] } },
      { dimensions: {}, values: { Syncs: [1] } },
    ]);
    const definition = (Dimensions: string[], ...Metrics: object[]) => [
      { Namespace: "NetworkInterfacePool", Dimensions: [Dimensions], Metrics },
    ];
    const time = lines.map(({ _aws }) => (_aws as { Timestamp: number }).Timestamp);
    assert.deepEqual(lines, [
      {
        _aws: {
          Timestamp: time[0],
          CloudWatchMetrics: definition(["FunctionName", "Pool", "Reason"], {
            Name: "Failures",
            Unit: "Count",
          }),
        },
        FunctionName: "manager-1a2b",
        Pool: "a",
        Reason: "lookAgain",
        Failures: 2,
      },
      {
        _aws: {
          Timestamp: time[1],
          CloudWatchMetrics: definition(
            ["FunctionName", "Pool"],
            { Name: "AddressesFree", Unit: "Count" },
            { Name: "LaunchToAttached", Unit: "Seconds" },
          ),
        },
        FunctionName: "manager-1a2b",
        Pool: "b",
        AddressesFree: 1,
        LaunchToAttached: [4, 5],
      },
      {
        _aws: {
          Timestamp: time[2],
          CloudWatchMetrics: definition(["FunctionName"], { Name: "Syncs", Unit: "Count" }),
        },
        FunctionName: "manager-1a2b",
        Syncs: 1,
      },
    ]);
  });

  for (const count of [99, 100, 198, 250]) {
    it(`writes ${count} values of one metric, every one with its pool`, () => {
      const seconds = Array.from({ length: count }, (_, index) => index);
      const values = { AddressesFree: [3], LaunchToAttached: seconds };
      const lines = written([{ dimensions: { Pool: "a" }, values }]);
      assert.equal(lines.length, Math.ceil(count / 99));
      assert.deepEqual([...new Set(lines.map(({ Pool }) => Pool))], ["a"]);
      assert.deepEqual(
        lines.flatMap(({ LaunchToAttached }) => LaunchToAttached),
        seconds,
      );
      assert.deepEqual(
        lines.flatMap(({ AddressesFree }) => AddressesFree ?? []),
        [3],
      );
    });
  }
});

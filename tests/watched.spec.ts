import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { METRIC_UNITS } from "../handler/names";
import { AwsError } from "../simulator/aws/awsError";
import { type Deployment, resourcesOfType } from "../simulator/deploy/engine";
import type { EmbeddedMetrics } from "../simulator/views/journal";
import { deploy, withStage } from "./simulator/stage";

const NAMESPACE = "NetworkInterfacePool";
const pools = [{ name: "one", size: 1 }];

/** `namespace metric Dimension=value`, as CloudWatch tells metrics apart. */
function key(namespace: string, name: string, dimensions: Record<string, unknown>): string {
  const pairs = Object.keys(dimensions).map((one) => `${one}=${String(dimensions[one])}`);
  return [namespace, name, ...pairs].join(" ");
}

/** Every metric that a line of the log makes, with its unit. */
function metricsOf(line: EmbeddedMetrics): (readonly [key: string, unit: string])[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit }) => {
        assert.notEqual(line[Name], undefined);
        const dimensions = Object.fromEntries(names.map((name) => [name, line[name]]));
        return [key(Namespace, Name, dimensions), Unit] as const;
      }),
    ),
  );
}

interface Widget {
  properties: { metrics?: unknown[][] };
}

/** The names and dimensions that the dashboard looks for, as far as they are the manager's own. */
function searchesOf(deployment: Deployment): string[] {
  const [dashboard] = resourcesOfType(deployment, "aws:cloudwatch/dashboard:Dashboard");
  const { widgets } = JSON.parse(String(dashboard?.inputs.dashboardBody)) as { widgets: Widget[] };
  return widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .flatMap(([first, name, dimension]) => {
      if (first === NAMESPACE) return [[NAMESPACE, dimension].join(","), name].join(" ");
      const { expression = "" } = first as { expression?: string };
      const [, schema, metric] = /\{(.*)\} MetricName="(.*?)"/.exec(expression) ?? [];
      return schema === undefined || metric === undefined ? [] : `${schema} ${metric}`;
    });
}

describe("what is watched", () => {
  /** What the manager measured while its pool ran short and EC2 refused a call: name and unit. */
  let measured: Map<string, string>;
  let deployment: Deployment;
  let functionName: unknown;

  before(async () => {
    deployment = await deploy(pools);
    [functionName] = resourcesOfType(deployment, "aws:lambda/function:Function").map(
      ({ outputs }) => outputs.name,
    );
    await withStage({ pools }, async ({ region }) => {
      const [subnet] = deployment.subnets;
      assert.ok(subnet);
      const attach = region.ec2.attachNetworkInterface.bind(region.ec2);
      region.ec2.attachNetworkInterface = () => {
        region.ec2.attachNetworkInterface = attach;
        throw new AwsError("AttachmentLimitExceeded", "Interface count exceeds the limit.");
      };
      for (let count = 0; count < 2; count += 1) {
        region.ec2.runInstance("t4g.micro", subnet, { [region.tagKey]: "one" });
      }
      await region.run(200);
      measured = new Map(region.journal.metrics.flatMap(metricsOf));
    });
  });

  it("is measured, each in its unit, and nothing else is", () => {
    const names = [...measured].map(([name, unit]) => [name.split(" ")[1] ?? "", unit] as const);
    assert.deepEqual(Object.fromEntries(names.sort()), METRIC_UNITS);
  });

  it("is three metrics of the manager and five of a pool, and two more of a pool where something happens", () => {
    const manager = { FunctionName: functionName };
    const pool = { ...manager, Pool: "one" };
    assert.deepEqual(
      [...measured.keys()].sort(),
      [
        key(NAMESPACE, "AddressesFree", pool),
        key(NAMESPACE, "AddressesHeld", pool),
        key(NAMESPACE, "AddressesInTransition", pool),
        key(NAMESPACE, "Failures", { ...pool, Reason: "misconfigured" }),
        key(NAMESPACE, "InstancesWaiting", pool),
        key(NAMESPACE, "LaunchToAttached", pool),
        key(NAMESPACE, "LongestWait", manager),
        key(NAMESPACE, "LongestWait", pool),
        key(NAMESPACE, "PoolsExhausted", manager),
        key(NAMESPACE, "Syncs", manager),
      ].sort(),
    );
  });

  it("by alarms is what the manager measures, by namespace, name and dimensions", () => {
    const watched = resourcesOfType(deployment, "aws:cloudwatch/metricAlarm:MetricAlarm").flatMap(
      ({ inputs: { namespace, metricName, dimensions } }) =>
        namespace === NAMESPACE
          ? key(NAMESPACE, String(metricName), dimensions as Record<string, unknown>)
          : [],
    );
    assert.equal(watched.length, 3);
    assert.deepEqual(
      watched.filter((one) => !measured.has(one)),
      [],
    );
  });

  it("on the dashboard is what the manager measures, by namespace, name and dimensions", () => {
    const found = [...measured.keys()].map((one) => {
      const [namespace, name, ...dimensions] = one.split(" ");
      const names = dimensions.map((dimension) => dimension.split("=")[0]);
      return `${[namespace, ...names].join(",")} ${String(name)}`;
    });
    const searched = searchesOf(deployment);
    assert.equal(searched.length, 9);
    assert.deepEqual(
      searched.filter((one) => !found.includes(one)),
      [],
    );
  });

  describe("in docs/operations.md", () => {
    const manual = readFileSync("docs/operations.md", "utf8");

    it("has a row for every metric with its unit", () => {
      const rows = manual.matchAll(/^\| `(\w+)` +\| (\w+)/gm);
      const described = [...rows].map(([, name, unit]) => [name, unit]);
      assert.deepEqual(Object.fromEntries(described), METRIC_UNITS);
    });

    it("has an entry for every alarm, by the end of its name", () => {
      const entries = [...manual.matchAll(/^### `manager-(.*)`$/gm)].map(([, role]) => role);
      const alarms = resourcesOfType(deployment, "aws:cloudwatch/metricAlarm:MetricAlarm").map(
        ({ name }) => name.replace(/^manager-/, ""),
      );
      assert.deepEqual(entries.sort(), alarms.sort());
    });
  });
});

import assert from "node:assert/strict";
import { Region } from "../../../simulator/aws/region";
import type { Deployment } from "../../../simulator/deploy/engine";
import { withInputs } from "./policyDocuments";
import { type CallStage, withCalls } from "./calls";
import { START_MS } from "./services";
import { deploy, withStage } from "../stage";

describe("Region.open", () => {
  it("begins at the same moment every time", () =>
    withStage({}, ({ region }) => {
      assert.equal(region.clock.nowMs, START_MS);
      assert.equal(region.seconds, 0);
      return Promise.resolve();
    }));

  it("holds the interfaces of the pools, free and as they were deployed", () =>
    withStage({}, ({ region }) => {
      const interfaces = [...region.ec2.interfaces.values()].map(
        ({ address, macAddress, tags: { Name, ...tags }, attachment }) => {
          assert.deepEqual(Object.keys(tags), ["network-interface-manager-pool"]);
          const status = attachment?.status ?? "free";
          return [address, macAddress, Name, ...Object.values(tags), status].join(" ");
        },
      );
      assert.deepEqual(interfaces, [
        "10.0.0.20 02:53:45:65:f5:ae cluster-0 cluster free",
        "10.0.0.21 02:4a:fb:32:cc:10 cluster-1 cluster free",
        "10.0.0.22 02:5d:dd:c7:a4:9b cluster-2 cluster free",
        "10.0.0.23 02:6d:85:67:34:97 cluster-3 cluster free",
        "10.0.0.10 02:ab:dc:1b:1e:68 licence-0 licence free",
      ]);
      return Promise.resolve();
    }));

  it("holds the groups with their sizes, tags, lifecycle hooks and refresh preferences", () =>
    withStage({}, ({ region }) => {
      const [cluster, licence, ...others] = region.autoScaling.groups.values();
      assert.deepEqual(others, []);
      assert.equal(licence?.tags.Name, "licence");
      assert.ok(cluster);
      const tags = { "network-interface-manager-pool": "cluster", Name: "cluster" };
      assert.deepEqual(cluster, {
        name: cluster.name,
        arn: cluster.arn,
        subnets: cluster.subnets,
        minSize: 0,
        maxSize: 3,
        desiredCapacity: 3,
        instanceType: "t4g.micro",
        tags,
        propagatedTags: tags,
        hooks: [
          {
            name: "network-interface-pool-launch",
            transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
            heartbeatTimeoutSeconds: 300,
            defaultResult: "ABANDON",
          },
          {
            name: "network-interface-pool-terminate",
            transition: "autoscaling:EC2_INSTANCE_TERMINATING",
            heartbeatTimeoutSeconds: 120,
            defaultResult: "CONTINUE",
          },
        ],
        refreshPreferences: {
          minHealthyPercentage: 100,
          maxHealthyPercentage: 133,
          // The grace period of the health check, where nothing else is said.
          instanceWarmupSeconds: 300,
        },
        suspendedProcesses: new Set(),
        members: new Map(),
      });
      return Promise.resolve();
    }));

  it("gives instances only the tags that propagate at launch", async () => {
    const deployment = await deploy();
    const tags = [
      { key: "kept", value: "1", propagateAtLaunch: true },
      { key: "left", value: "2", propagateAtLaunch: false },
    ];
    const tagged = withInputs(deployment, "aws:autoscaling/group:Group", { tags });
    const region = await Region.open(tagged, { seed: 1 });
    try {
      await region.run(10);
      const [group] = region.autoScaling.groups.values();
      assert.deepEqual(group?.tags, { kept: "1", left: "2" });
      const keys = [...region.ec2.instances.values()].flatMap((one) => Object.keys(one.tags));
      assert.deepEqual(new Set(keys), new Set(["kept", "aws:autoscaling:groupName"]));
    } finally {
      await region.close();
    }
  });

  it("gives the function the stack's variables and nothing of this machine's", () =>
    withStage({}, ({ region }) => {
      const { AWS_ENDPOINT_URL = "", ...environment } = region.lambda?.options.environment ?? {};
      assert.match(AWS_ENDPOINT_URL, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.deepEqual(environment, {
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "AKIASIMULATED",
        AWS_SECRET_ACCESS_KEY: "simulated",
        POOL_TAGS: '["licence","cluster"]',
        POOL_TAG_KEY: "network-interface-manager-pool",
        WHEN_POOL_IS_EXHAUSTED: "wait",
      });
      return Promise.resolve();
    }));

  it("takes the queues' visibility time-outs and dead letters from the stack", () =>
    withStage({}, ({ region }) => {
      const queues = [...region.queues.values()].map(({ options }) => [
        options.visibilityTimeoutSeconds,
        options.deadLetters?.maxReceiveCount,
        options.deadLetters?.queue.options.arn.split(":").at(-1)?.slice(0, 21),
      ]);
      assert.deepEqual(queues, [
        [30, undefined, undefined],
        [60, 5, "manager-dead-letters-"],
        [30, undefined, undefined],
      ]);
      return Promise.resolve();
    }));
});

describe("an invocation that the program asks for", () => {
  const byTagKey = [{ Name: "tag-key", Values: ["network-interface-manager-pool"] }];
  const reading = { call: "describeNetworkInterfaces", input: byTagKey };

  /** What becomes of a deployment whose function is invoked with this input, by its name or ARN. */
  const deployWith = (input: object | null, named: "name" | "arn" | "role" = "name") => {
    let journal: string[] = [];
    const change = (deployment: Deployment): Deployment => {
      const { lambda } = deployment;
      const inputs = { functionName: lambda.outputs[named], input: JSON.stringify(input) };
      const type = "aws:lambda/invocation:Invocation";
      const invocation = { type, name: "first-read", id: "", inputs, outputs: {} };
      return { ...deployment, resources: [...deployment.resources, invocation] };
    };
    const wait = async ({ region }: CallStage) => {
      await region.run(120);
      journal = region.journal.entries.map(({ atMs, text }) => `${atMs} ${text}`);
    };
    return withCalls(wait, { change, clients: "inProcess" }).then(() => journal);
  };

  for (const named of ["name", "arn"] as const) {
    it(`is made once, with its input, as soon as all is deployed (function by its ${named})`, async () => {
      assert.deepEqual(await deployWith(reading, named), [
        "600 DescribeNetworkInterfaces tag-key=network-interface-manager-pool",
        "600 outcome",
        "600 the invocation first-read was answered",
      ]);
    });
  }

  it("isn't made again where it fails, which the journal tells", async () => {
    assert.deepEqual(await deployWith(null), [
      "500 invocation failed: TypeError: Cannot destructure property 'call' of 'object null' as it is null.",
      "500 the invocation first-read failed, and with it the deployment",
    ]);
  });

  it("isn't modelled of another function", async () => {
    await assert.rejects(deployWith(reading, "role"), /model an invocation of arn:aws:iam:/);
  });
});

describe("Region.run", () => {
  it("lets exactly the time go by that it is given", () =>
    withStage({}, async ({ region }) => {
      assert.equal(await region.run(12.5), false);
      assert.equal(region.seconds, 12.5);
    }));

  it("ends as soon as something is true", () =>
    withStage({}, async ({ region }) => {
      const isPending = () => region.ec2.instances.size > 0;
      assert.equal(await region.run(60, isPending), true);
      const first = region.journal.entries.find(({ text }) => text.endsWith(" is pending"));
      assert.equal(region.seconds * 1_000, first?.atMs);
    }));

  it("calls back for every second, in order and before it goes on", () =>
    withStage({}, async ({ region }) => {
      const seconds: number[] = [];
      region.onSecond((second) => {
        seconds.push(second);
        return Promise.resolve();
      });
      // Seconds are told when something happens in them or after them.
      region.clock.after(5_000, () => undefined);
      await region.run(5);
      assert.deepEqual(seconds, [1, 2, 3, 4, 5]);
    }));

  it("tells the listener every entry of the journal as it is written", async () => {
    const told: unknown[] = [];
    const region = await Region.open(await deploy(), {
      seed: 1,
      listener: (entry) => told.push(entry),
    });
    try {
      await region.run(20);
      assert.ok(told.length > 20);
      assert.deepEqual(told, region.journal.entries);
    } finally {
      await region.close();
    }
  });

  it("throws what breaks in it", () =>
    withStage({}, async ({ region }) => {
      region.clock.after(1_000, () => {
        throw new Error("broken");
      });
      await assert.rejects(region.run(5), { message: "broken" });
    }));
});

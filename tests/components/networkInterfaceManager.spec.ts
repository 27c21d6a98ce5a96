import assert from "node:assert/strict";
import {
  NetworkInterfaceManager,
  type NetworkInterfaceManagerArgs,
} from "../../components/networkInterfaceManager";
import { rightsOf } from "../../components/networkInterfaceManager/rights";
import type { Registration } from "../../simulator/deploy/registrations";
import { valueOf } from "../../simulator/deploy/engine";
import { asRecord, deploy, type Deployment, find, typesAndNames, UNKNOWN } from "../mocks";

const ACCOUNT = "eu-west-1:111122223333";
const QUEUE_ARN = `arn:aws:sqs:${ACCOUNT}:manager-events`;

const DEFAULT_KEY = "network-interface-manager-pool";

/** Metrics are lines of INFO; of Lambda's own lines failures and time-outs alone are kept. */
const LOGGING = { logFormat: "JSON", applicationLogLevel: "INFO", systemLogLevel: "WARN" };

const create = (args?: NetworkInterfaceManagerArgs) => () =>
  new NetworkInterfaceManager("manager", args);

/** The function's inputs without its code, which the specs of the archive look into. */
function functionInputs({ registrations }: Deployment): Record<string, unknown> {
  const { inputs } = find(registrations, "aws:lambda/function:Function", "manager");
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "code"));
}

describe("NetworkInterfaceManager", () => {
  // Serialising the function takes a second, so the specs share what they only look at.
  let deployment: Deployment & { value: NetworkInterfaceManager };
  let scoped: Deployment & { value: NetworkInterfaceManager };
  let preview: Deployment;
  before(async () => {
    deployment = await deploy(create());
    scoped = await deploy(
      create({
        tagKey: "team:pool",
        pools: ["licence", 'a "quoted" one'],
        syncInterval: 5,
        whenExhausted: "abandon",
        logRetentionInDays: 7,
        memorySize: 3008,
      }),
    );
    preview = await deploy(create({ pools: ["licence"] }), { preview: true });
  });

  const resource = (type: string, name: string, from: Deployment = deployment): Registration =>
    find(from.registrations, type, name);

  it("is the parent of all that it creates", () => {
    const children = deployment.registrations.filter(({ type }) => type.startsWith("aws:"));
    const parents = new Set(children.map(({ parent }) => parent));
    assert.deepEqual([...parents], ["NetworkInterfaceManager manager"]);
  });

  it("offers its tag key, the names of its pools, and the values that the tag may have", () => {
    const offered = ({ tagKey, pools, poolTags }: NetworkInterfaceManager) => [
      tagKey,
      pools,
      poolTags,
    ];
    const names = ["licence", 'a "quoted" one'];
    assert.deepEqual(offered(deployment.value), [DEFAULT_KEY, undefined, undefined]);
    assert.deepEqual(offered(scoped.value), ["team:pool", names, names]);
  });

  it("offers its function's name and its policy", async () => {
    const policy = resource("aws:iam/rolePolicy:RolePolicy", "manager").inputs.policy;
    assert.equal(await valueOf(deployment.value.policy), policy);
    assert.deepEqual(deployment.outputs, {
      "NetworkInterfaceManager manager": { function: "manager-1a2b", policy },
    });
  });

  it("looks nothing up where no interfaces are made on demand", () => {
    assert.deepEqual(scoped.calls, []);
  });

  it("creates the same resources in a preview, where nothing is known of AWS", () => {
    assert.deepEqual(typesAndNames(preview.registrations), typesAndNames(deployment.registrations));
    assert.deepEqual(preview.outputs, {
      "NetworkInterfaceManager manager": { function: UNKNOWN, policy: UNKNOWN },
    });
  });

  describe("function", () => {
    it("has a runtime, architecture, time-out, memory, logs and settings of its own", () => {
      assert.deepEqual(functionInputs(deployment), {
        description: "Gives instances the network interfaces of their pools",
        handler: "__index.handler",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        timeout: 60,
        memorySize: 1769,
        role: "arn:aws:iam::111122223333:role/manager-1a2b",
        loggingConfig: { ...LOGGING, logGroup: "manager-1a2b" },
        environment: {
          variables: {
            POOL_TAG_KEY: DEFAULT_KEY,
            WHEN_POOL_IS_EXHAUSTED: "wait",
          },
        },
      });
    });

    it("has as much memory as is asked for", () => {
      assert.equal(functionInputs(scoped).memorySize, 3008);
    });

    it("is told its tag key, its pools as JSON and what to do with an exhausted pool", () => {
      assert.deepEqual(functionInputs(scoped).environment, {
        variables: {
          POOL_TAG_KEY: "team:pool",
          POOL_TAGS: '["licence","a \\"quoted\\" one"]',
          WHEN_POOL_IS_EXHAUSTED: "abandon",
        },
      });
    });

    it("is described in a preview but for what AWS decides", () => {
      assert.deepEqual(functionInputs(preview), {
        ...functionInputs(deployment),
        role: UNKNOWN,
        loggingConfig: { ...LOGGING, logGroup: UNKNOWN },
        environment: {
          variables: {
            POOL_TAG_KEY: DEFAULT_KEY,
            POOL_TAGS: '["licence"]',
            WHEN_POOL_IS_EXHAUSTED: "wait",
          },
        },
      });
    });

    it("holds its handler and the bundled clients, and no package", () => {
      const code = asRecord(resource("aws:lambda/function:Function", "manager").inputs.code);
      assert.deepEqual(Object.keys(asRecord(code.assets)).sort(), [
        "__index.js",
        "dist/clients.js",
      ]);
    });

    it("waits for its rights", () => {
      assert.deepEqual(resource("aws:lambda/function:Function", "manager").dependencies, [
        "LogGroup manager",
        "Role manager",
        "RolePolicy manager",
      ]);
    });

    it("keeps its logs for 30 days, or for as long as is asked", () => {
      const retentionIn = (from: Deployment) =>
        resource("aws:cloudwatch/logGroup:LogGroup", "manager", from).inputs;
      assert.deepEqual(retentionIn(deployment), { retentionInDays: 30 });
      assert.deepEqual(retentionIn(scoped), { retentionInDays: 7 });
    });
  });

  describe("role", () => {
    it("is Lambda's to assume", () => {
      assert.deepEqual(resource("aws:iam/role:Role", "manager").inputs, {
        description: "Network interface manager",
        assumeRolePolicy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "AllowAssumeRole",
              Effect: "Allow",
              Principal: { Service: "lambda.amazonaws.com" },
              Action: "sts:AssumeRole",
            },
          ],
        },
      });
    });

    const policyFor = (tagKey: string, pools?: string[]) => {
      const logGroupArn = `arn:aws:logs:${ACCOUNT}:log-group:manager-1a2b`;
      return JSON.stringify(rightsOf({ tagKey, pools, queueArn: QUEUE_ARN, logGroupArn }));
    };

    it("has the rights on the pools, the queue and the logs, and no others", () => {
      const rightsIn = (from: Deployment) =>
        resource("aws:iam/rolePolicy:RolePolicy", "manager", from).inputs;
      const role = "manager-1a2b";
      assert.deepEqual(rightsIn(deployment), { role, policy: policyFor(DEFAULT_KEY) });
      const policy = policyFor("team:pool", ["licence", 'a "quoted" one']);
      assert.deepEqual(rightsIn(scoped), { role, policy });
    });
  });
});

import assert from "node:assert/strict";
import type { AwsCalls, Transport } from "../../handler/clients";
import {
  type Answer,
  asked,
  assertIncomplete,
  autoScalingAnswer,
  DONE,
  ec2Answer,
  HTML,
} from "./answeringAws";

const FILTERS = [{ Name: "tag-key", Values: ["pool-tag"] }];
const EC2 = { Version: "2016-11-15", "Filter.1.Name": "tag-key", "Filter.1.Value.1": "pool-tag" };
const AUTO_SCALING = { Version: "2011-01-01", MaxRecords: "100", IncludeManagedResources: "true" };

/** A read: how it is asked, an answer with one thing and a further page, one without anything, and what is read. */
interface Read {
  call: (aws: AwsCalls) => Promise<unknown[]>;
  part: string;
  request: Record<string, string>;
  full: string;
  empty: string;
  found: object;
}

const reads: Record<string, Read> = {
  DescribeNetworkInterfaces: {
    call: (aws) => aws.describeNetworkInterfaces(FILTERS),
    part: "NetworkInterfaces",
    request: { ...EC2, MaxResults: "1000", IncludeManagedResources: "true" },
    full: ec2Answer(
      "DescribeNetworkInterfaces",
      `<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet>
       <nextToken>more</nextToken>`,
    ),
    empty: ec2Answer("DescribeNetworkInterfaces", "<networkInterfaceSet/>"),
    found: { NetworkInterfaceId: "eni-1" },
  },
  DescribeInstances: {
    call: (aws) => aws.describeInstances(FILTERS),
    part: "Reservations",
    request: { ...EC2, MaxResults: "1000", IncludeManagedResources: "true" },
    full: ec2Answer(
      "DescribeInstances",
      `<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>
       </reservationSet><nextToken>more</nextToken>`,
    ),
    empty: ec2Answer("DescribeInstances", "<reservationSet/>"),
    found: { InstanceId: "i-1" },
  },
  DescribeInstanceTypes: {
    call: (aws) => aws.describeInstanceTypes(FILTERS),
    part: "InstanceTypes",
    request: { ...EC2, MaxResults: "100" },
    full: ec2Answer(
      "DescribeInstanceTypes",
      `<instanceTypeSet><item><instanceType>t3.micro</instanceType></item></instanceTypeSet>
       <nextToken>more</nextToken>`,
    ),
    empty: ec2Answer("DescribeInstanceTypes", "<instanceTypeSet/>"),
    found: { InstanceType: "t3.micro" },
  },
  DescribeAutoScalingGroups: {
    call: (aws) => aws.describeAutoScalingGroups({ Filters: FILTERS }),
    part: "AutoScalingGroups",
    request: {
      ...AUTO_SCALING,
      "Filters.member.1.Name": "tag-key",
      "Filters.member.1.Values.member.1": "pool-tag",
    },
    full: autoScalingAnswer(
      "DescribeAutoScalingGroups",
      `<AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName></member></AutoScalingGroups>
       <NextToken>more</NextToken>`,
    ),
    empty: autoScalingAnswer("DescribeAutoScalingGroups", "<AutoScalingGroups/>"),
    found: { AutoScalingGroupName: "web" },
  },
  DescribeWarmPool: {
    call: (aws) => aws.describeWarmPool("web"),
    part: "Instances",
    request: { Version: "2011-01-01", MaxRecords: "50", AutoScalingGroupName: "web" },
    full: autoScalingAnswer(
      "DescribeWarmPool",
      "<Instances><member><InstanceId>i-1</InstanceId></member></Instances><NextToken>more</NextToken>",
    ),
    empty: autoScalingAnswer("DescribeWarmPool", "<Instances/>"),
    found: { InstanceId: "i-1" },
  },
};

for (const [action, { call, part, request, full, empty, found }] of Object.entries(reads)) {
  describe(`createAwsCalls, by ${action}`, () => {
    it("reads page after page, with what services of AWS manage", async () => {
      const { requests, result } = await asked([{ body: full }, { body: empty }], call);
      const [first, second, ...others] = requests;
      assert.deepEqual(first, { Action: action, ...request });
      assert.deepEqual(second, { Action: action, ...request, NextToken: "more" });
      assert.deepEqual(others, []);
      assert.deepEqual(result, [found]);
    });

    it("reads of nothing that there is nothing", async () => {
      assert.deepEqual((await asked([{ body: empty }], call)).result, []);
    });

    for (const [title, body] of [
      ["a proxy's page", HTML],
      ["nothing", ""],
      ["an answer to another call", DONE],
    ] as const) {
      it(`fails when it is given ${title} with status 200, also after a whole page`, async () => {
        const { requests, result } = await asked([{ body }], call);
        assertIncomplete(result, action, part);
        assert.equal(requests.length, 1);
        const { result: later } = await asked([{ body: full }, { body }], call);
        assertIncomplete(later, action, part);
      });
    }

    it("fails wherever its answer is cut off", async () => {
      for (let length = 0; length < full.length; length += 9) {
        const { result } = await asked([{ body: full.slice(0, length) }], call);
        assert.ok(result instanceof Error, `an answer of ${length} characters`);
      }
    });
  });
}

describe("createAwsCalls, by the name of a group", () => {
  it("asks Auto Scaling for the groups by their names", async () => {
    const { empty } = reads.DescribeAutoScalingGroups ?? {};
    const { requests } = await asked([{ body: empty ?? "" }], (aws) =>
      aws.describeAutoScalingGroups({ AutoScalingGroupNames: ["web", "db"] }),
    );
    const names = {
      "AutoScalingGroupNames.member.1": "web",
      "AutoScalingGroupNames.member.2": "db",
    };
    assert.deepEqual(requests, [
      { Action: "DescribeAutoScalingGroups", ...AUTO_SCALING, ...names },
    ]);
  });
});

/** What is under the SDK's clients where they run on Node. */
interface NodeHandler {
  updateHttpClientConfig(key: "socketTimeout", value: number): void;
  httpHandlerConfigs(): Record<string, unknown>;
}

const handlerOf = ({ config }: Parameters<Transport>[0]) => config.requestHandler as NodeHandler;

describe("createAwsCalls, when the body of an answer doesn't arrive", () => {
  const { call, full, empty } = reads.DescribeInstances ?? assert.fail();
  const stalled: Answer = { body: full, half: "never comes" };
  /** The SDK's clients with another idle time-out, since five seconds are long for a test. */
  const impatient: Transport = (client) => {
    handlerOf(client).updateHttpClientConfig("socketTimeout", 100);
    return client;
  };

  it("waits 5 s for the headers, and 5 s for each further part of the body", async () => {
    const clients: Parameters<Transport>[0][] = [];
    await asked([{ body: empty }], call, (client) => {
      clients.push(client);
      return client;
    });
    const [ec2] = clients;
    assert.ok(ec2);
    const { requestTimeout, throwOnRequestTimeout, socketTimeout } =
      handlerOf(ec2).httpHandlerConfigs();
    assert.deepEqual([requestTimeout, throwOnRequestTimeout, socketTimeout], [5_000, true, 5_000]);
  });

  it("asks again when a body stalls", async () => {
    // On a slow machine a whole answer may be late for this time-out, too.
    const whole = Array<Answer>(4).fill({ body: empty });
    const { requests, result } = await asked([stalled, ...whole], call, impatient);
    assert.ok(requests.length > 1);
    assert.deepEqual(result, []);
  });

  it("gives up after five bodies that stall, as it does without an answer", async () => {
    const { requests, result } = await asked(Array<Answer>(6).fill(stalled), call, impatient);
    assert.equal(requests.length, 5);
    assert.ok(result instanceof Error);
    assert.equal(result.name, "TimeoutError");
  });

  it("asks again when the connection breaks off within a body", async () => {
    const { requests, result } = await asked(
      [{ body: full, half: "is lost" }, { body: empty }],
      call,
    );
    assert.equal(requests.length, 2);
    assert.deepEqual(result, []);
  });

  it("doesn't delete again after an answer that stalls", async () => {
    const { requests, result } = await asked(
      [{ body: DONE, half: "never comes" }],
      (aws) => aws.deleteNetworkInterface({ NetworkInterfaceId: "eni-1" }),
      impatient,
    );
    assert.equal(requests.length, 1);
    assert.ok(result instanceof Error);
  });
});

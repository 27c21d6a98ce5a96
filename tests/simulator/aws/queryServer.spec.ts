import assert from "node:assert/strict";
import { addGroup, addInterfaces, type CallStage, withCalls } from "./calls";
import { subnet } from "./services";
import { callsFrom } from "../stage";

const EC2 = "Version=2016-11-15";
const AUTO_SCALING = "Version=2011-01-01";

const PAGE_FILTER = "Filter.1.Name=tag-key&Filter.1.Value.1=page";
const byTagKey = [{ Name: "tag-key", Values: ["page"] }];

const describeCalls = {
  NetworkInterfaceId: ["describeNetworkInterfaces", byTagKey],
  InstanceId: ["describeInstances", byTagKey],
  AutoScalingGroupName: ["describeAutoScalingGroups", { Filters: byTagKey }],
} as const;
type IdKey = keyof typeof describeCalls;

const addGroups = (stage: CallStage, count: number): string[] =>
  Array.from({ length: count }, (_, index) => addGroup(stage, `group-${index}`));

const idsOf = (answer: unknown, key: IdKey) =>
  (answer as Record<string, unknown>[]).map((item) => item[key]);

describe("the wire, page by page", () => {
  /** Describes what was added, and counts the calls that it took. */
  const assertPages = async (stage: CallStage, key: IdKey, ids: string[], pages: number) => {
    const [call, input] = describeCalls[key];
    const { answer } = await stage.call(call, input);
    assert.deepEqual(idsOf(answer, key), ids);
    assert.equal(callsFrom(stage.region, 0).length, pages);
  };

  for (const [count, pages] of [
    [1_000, 1],
    [2_001, 3],
  ] as const) {
    it(`gives ${count} interfaces in ${pages}, each once and in order`, () =>
      withCalls((stage) =>
        assertPages(stage, "NetworkInterfaceId", addInterfaces(stage, count), pages),
      ));
  }

  it("gives 1,001 instances in two pages", () =>
    withCalls((stage) => {
      const launch = () => stage.region.ec2.runInstance("t4g.micro", subnet, { page: "" }).id;
      return assertPages(stage, "InstanceId", Array.from({ length: 1_001 }, launch), 2);
    }));

  it("gives 201 groups in three pages", () =>
    withCalls((stage) => {
      addGroup(stage, "without the tag", { tags: { other: "" } });
      return assertPages(stage, "AutoScalingGroupName", addGroups(stage, 201), 3);
    }));

  const assertFirstPage = async (
    stage: CallStage,
    query: string,
    element: string,
    size: number,
  ) => {
    const { body } = (await stage.post(`Action=${query}`)).answer as { body: string };
    assert.equal(body.split(`<${element}>`).length - 1, size);
    assert.match(body, new RegExp(`<nextToken>${size}</nextToken>`, "i"));
  };

  it("gives 50 groups to a page of which no size is asked", () =>
    withCalls((stage) => {
      addGroups(stage, 51);
      const filter = "Filters.member.1.Name=tag-key&Filters.member.1.Values.member.1=page";
      const query = `DescribeAutoScalingGroups&${AUTO_SCALING}&${filter}`;
      return assertFirstPage(stage, query, "AutoScalingGroupName", 50);
    }));

  it("takes a page of 5", () =>
    withCalls((stage) => {
      addInterfaces(stage, 6);
      const query = `DescribeNetworkInterfaces&${EC2}&${PAGE_FILTER}&MaxResults=5`;
      return assertFirstPage(stage, query, "networkInterfaceId", 5);
    }));

  it("refuses a page of fewer than 5 or more than 1,000, as EC2 words it", () =>
    withCalls(async ({ post }) => {
      for (const size of [4, 1_001]) {
        const body = `Action=DescribeInstances&${EC2}&${PAGE_FILTER}&MaxResults=${size}`;
        assert.deepEqual((await post(body)).answer, {
          status: 400,
          body:
            "<Response><Errors><Error><Code>InvalidParameterValue</Code><Message>" +
            `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.` +
            "</Message></Error></Errors><RequestID>simulated</RequestID></Response>",
        });
      }
    }));
});

describe("the wire, for what is not modelled", () => {
  const requests: Record<string, [body: string, what: string]> = {
    "an action": [`Action=CreateSubnet&${EC2}`, "action CreateSubnet of version 2016-11-15"],
    "an action of the other service": [
      `Action=DescribeAutoScalingGroups&${EC2}`,
      "action DescribeAutoScalingGroups of version 2016-11-15",
    ],
    "a version": [
      "Action=DescribeInstances&Version=2014-01-01",
      "action DescribeInstances of version 2014-01-01",
    ],
    "a filter of interfaces": [
      `Action=DescribeNetworkInterfaces&${EC2}&Filter.1.Name=status&Filter.1.Value.1=available`,
      "filter status",
    ],
    "a filter of groups": [
      `Action=DescribeAutoScalingGroups&${AUTO_SCALING}&Filters.member.1.Name=tag-value&Filters.member.1.Values.member.1=a`,
      "filter tag-value",
    ],
    "a parameter of a describe": [
      `Action=DescribeInstances&${EC2}&InstanceId.1=i-1&Filter.1.Name=tag-key&Filter.1.Value.1=a`,
      "parameter InstanceId",
    ],
    "a parameter of an attach": [
      `Action=AttachNetworkInterface&${EC2}&NetworkInterfaceId=eni-1&InstanceId=i-1&DeviceIndex=1&DryRun=true`,
      "parameter DryRun",
    ],
    "an instance beside the token of a lifecycle call": [
      `Action=CompleteLifecycleAction&${AUTO_SCALING}&AutoScalingGroupName=a&LifecycleHookName=b&InstanceId=i-1&LifecycleActionResult=CONTINUE&LifecycleActionToken=t`,
      "parameter InstanceId",
    ],
    "a describe without a filter": [
      `Action=DescribeNetworkInterfaces&${EC2}`,
      "a describe call without a filter",
    ],
    "a describe of all groups": [
      `Action=DescribeAutoScalingGroups&${AUTO_SCALING}`,
      "DescribeAutoScalingGroups without a filter",
    ],
  };
  for (const [name, [body, what]] of Object.entries(requests)) {
    it(`ends the run at ${name}`, () =>
      withCalls(async ({ post }) => {
        await assert.rejects(post(body), { message: `the simulator doesn't model ${what}` });
      }));
  }
});

describe("the wire", () => {
  it("gives an interface as EC2 does", () =>
    withCalls(async (stage) => {
      const { region } = stage;
      const [account] = [...region.ec2.interfaces.values()];
      const instance = await stage.run({});
      const { id } = region.ec2.attachNetworkInterface(account?.id ?? "", instance.id, 1, 0);
      const filters = [{ Name: "tag-key", Values: [region.tagKey] }];
      const { answer } = await stage.call("describeNetworkInterfaces", filters);
      const [given, next] = answer as unknown[];
      assert.deepEqual(given, {
        NetworkInterfaceId: account?.id,
        SubnetId: account?.subnet.id,
        VpcId: account?.subnet.vpcId,
        AvailabilityZone: "eu-west-1a",
        OwnerId: "123456789012",
        RequesterManaged: false,
        InterfaceType: "interface",
        MacAddress: account?.macAddress,
        PrivateIpAddress: account?.address,
        Status: "in-use",
        TagSet: Object.entries(account?.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
        Attachment: {
          AttachmentId: id,
          InstanceId: instance.id,
          InstanceOwnerId: "123456789012",
          DeviceIndex: 1,
          NetworkCardIndex: 0,
          Status: "attaching",
          DeleteOnTermination: false,
          AttachTime: "2026-01-01T00:00:10.000Z",
        },
      });
      const { Status, Attachment } = next as { Status: string; Attachment?: unknown };
      assert.deepEqual([Status, Attachment], ["available", undefined]);
    }));

  it("gives an instance as EC2 does, with all its interfaces", () =>
    withCalls(async (stage) => {
      const { region } = stage;
      const [account] = [...region.ec2.interfaces.values()];
      const instance = await stage.run({ page: "1" });
      await stage.run({});
      const { id } = region.ec2.attachNetworkInterface(account?.id ?? "", instance.id, 1, 0);
      const [, primary] = region.ec2.interfacesOf(instance.id);
      const { answer } = await stage.call("describeInstances", byTagKey);
      assert.deepEqual(answer, [
        {
          InstanceId: instance.id,
          InstanceType: "t4g.micro",
          State: { Name: "running" },
          LaunchTime: "2026-01-01T00:00:00.000Z",
          Placement: { AvailabilityZone: "eu-west-1a" },
          SubnetId: instance.subnet.id,
          VpcId: instance.subnet.vpcId,
          Tags: [{ Key: "page", Value: "1" }],
          NetworkInterfaces: [
            {
              NetworkInterfaceId: account?.id,
              OwnerId: "123456789012",
              Attachment: {
                AttachmentId: id,
                DeviceIndex: 1,
                NetworkCardIndex: 0,
                Status: "attaching",
                DeleteOnTermination: false,
                AttachTime: "2026-01-01T00:00:20.000Z",
              },
            },
            {
              NetworkInterfaceId: primary?.id,
              OwnerId: "123456789012",
              Attachment: {
                AttachmentId: primary?.attachment?.id,
                DeviceIndex: 0,
                NetworkCardIndex: 0,
                Status: "attached",
                DeleteOnTermination: true,
                AttachTime: "2026-01-01T00:00:00.000Z",
              },
            },
          ],
        },
      ]);
    }));

  it("gives a terminated instance without interfaces, though one is not released yet", () =>
    withCalls(async (stage) => {
      const { region } = stage;
      const [account] = [...region.ec2.interfaces.values()];
      const instance = await stage.run({ page: "" });
      region.ec2.attachNetworkInterface(account?.id ?? "", instance.id, 1, 0);
      region.ec2.terminateInstance(instance.id);
      await region.run(20);
      const { answer } = await stage.call("describeInstances", byTagKey);
      const [given] = answer as { State: unknown; NetworkInterfaces?: unknown[] }[];
      assert.deepEqual(given?.State, { Name: "terminated" });
      assert.deepEqual(given.NetworkInterfaces, []);
      assert.equal(account?.attachment?.instanceId, instance.id);
    }));

  it("gives the instances that are named, those that exist", () =>
    withCalls(async (stage) => {
      const instance = await stage.run({});
      await stage.run({});
      const filters = [{ Name: "instance-id", Values: ["i-99", instance.id] }];
      const { answer } = await stage.call("describeInstances", filters);
      assert.deepEqual(idsOf(answer, "InstanceId"), [instance.id]);
    }));

  it("gives a group as Auto Scaling does, with its members", () =>
    withCalls(async (stage) => {
      addGroup(stage, "web", { minSize: 1, maxSize: 3, desiredCapacity: 1 });
      await stage.region.run(30);
      const [instance] = stage.region.ec2.instances.values();
      const { answer } = await stage.call("describeAutoScalingGroups", { Filters: byTagKey });
      assert.deepEqual(answer, [
        {
          AutoScalingGroupName: "web",
          AutoScalingGroupARN: stage.region.autoScaling.groupByName("web").arn,
          MinSize: 1,
          MaxSize: 3,
          DesiredCapacity: 1,
          Tags: [{ Key: "page", Value: "" }],
          Instances: [
            {
              InstanceId: instance?.id,
              LifecycleState: "InService",
              AvailabilityZone: "eu-west-1a",
            },
          ],
        },
      ]);
    }));

  it("gives the limits of instance types, by network card", () =>
    withCalls(async ({ call }) => {
      const filters = [{ Name: "instance-type", Values: ["c6in.32xlarge"] }];
      const InterfaceTypes = ["interface", "efa", "efa-only"];
      assert.deepEqual((await call("describeInstanceTypes", filters)).answer, [
        {
          InstanceType: "c6in.32xlarge",
          NetworkInfo: {
            MaximumNetworkInterfaces: 16,
            MaximumNetworkCards: 2,
            NetworkCards: [0, 1].map((NetworkCardIndex) => ({
              NetworkCardIndex,
              MaximumNetworkInterfaces: 8,
              MaximumEnaQueueCountPerInterface: 32,
              InterfaceTypes,
            })),
            EnaSrdSupported: true,
            FlexibleEnaQueuesSupport: "supported",
          },
        },
      ]);
    }));
});

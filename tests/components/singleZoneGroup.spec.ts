import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { refreshPreferences } from "../../components/instanceRefresh";
import { SingleZoneGroup, type SingleZoneGroupArgs } from "../../components/singleZoneGroup";
import { valueOf } from "../../simulator/deploy/engine";
import { asRecord, deploy, type Deployment, find, typesAndNames, UNKNOWN } from "../mocks";

const create =
  (args: Partial<SingleZoneGroupArgs> = {}) =>
  () =>
    new SingleZoneGroup("web", {
      poolName: "Web servers",
      poolSize: 3,
      subnetIds: ["subnet-a"],
      securityGroupIds: ["sg-1", "sg-2"],
      ...args,
    });

function templateOf({ registrations }: Deployment): Record<string, unknown> {
  return find(registrations, "aws:ec2/launchTemplate:LaunchTemplate", "web").inputs;
}

function groupOf({ registrations }: Deployment): Record<string, unknown> {
  return find(registrations, "aws:autoscaling/group:Group", "web").inputs;
}

const LAUNCH_HOOK = {
  name: "network-interface-pool-launch",
  lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
  heartbeatTimeout: 300,
  defaultResult: "ABANDON",
};
const TERMINATE_HOOK = {
  name: "network-interface-pool-terminate",
  lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
  heartbeatTimeout: 120,
  defaultResult: "CONTINUE",
};

describe("SingleZoneGroup", () => {
  let deployment: Deployment & { value: SingleZoneGroup };
  before(async () => {
    deployment = await deploy(create());
  });

  it("creates a launch template, a group and the group's two hooks", () => {
    assert.deepEqual(typesAndNames(deployment.registrations), [
      "aws:autoscaling/group:Group web",
      "aws:autoscaling/lifecycleHook:LifecycleHook web-network-interface-pool-launch",
      "aws:autoscaling/lifecycleHook:LifecycleHook web-network-interface-pool-terminate",
      "aws:ec2/launchTemplate:LaunchTemplate web",
      "network-interface-pool:index:SingleZoneGroup web",
    ]);
  });

  it("is the parent of all of them", () => {
    const children = deployment.registrations.filter(({ type }) => type.startsWith("aws:"));
    assert.deepEqual(
      children.map(({ parent }) => parent),
      children.map(() => "SingleZoneGroup web"),
    );
  });

  it("offers the group and its name", async () => {
    assert.equal(await valueOf(deployment.value.group.name), "web-1a2b");
    assert.deepEqual(deployment.outputs, { "SingleZoneGroup web": { group: "web-1a2b" } });
  });

  describe("launch template", () => {
    const defaults = {
      imageId: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
      instanceType: "t4g.micro",
      vpcSecurityGroupIds: ["sg-1", "sg-2"],
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        instanceMetadataTags: "enabled",
      },
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
    };
    const debianRoot = [{ deviceName: "/dev/sda1", ebs: { encrypted: "true" } }];

    it("demands IMDSv2, shows tags in metadata and encrypts the root volume", () => {
      assert.deepEqual(templateOf(deployment), defaults);
    });

    it("looks nothing up for the default image", () => {
      assert.deepEqual(deployment.calls, []);
    });

    const cases: [string, Partial<SingleZoneGroupArgs>, Record<string, unknown>][] = [
      ["takes the instance type", { instanceType: "c7g.large" }, { instanceType: "c7g.large" }],
      ["takes the key pair", { keyName: "admin" }, { keyName: "admin" }],
      [
        "takes an image by id, and names its root device",
        { imageId: "ami-debian" },
        { imageId: "ami-debian", blockDeviceMappings: debianRoot },
      ],
      [
        "takes an image by parameter, read at every launch, and names its root device",
        { imageParameter: "/images/debian" },
        { imageId: "resolve:ssm:/images/debian", blockDeviceMappings: debianRoot },
      ],
      [
        "writes the user data in base64 of UTF-8",
        { userData: "#!/bin/sh\necho größer" },
        { userData: "IyEvYmluL3NoCmVjaG8gZ3LDtsOfZXI=" },
      ],
      [
        "takes user data that is an output",
        { userData: pulumi.output("#!/bin/sh") },
        { userData: "IyEvYmluL3No" },
      ],
      [
        "takes an instance profile by name",
        { instanceProfile: "web" },
        { iamInstanceProfile: { name: "web" } },
      ],
      [
        "takes an instance profile by ARN",
        { instanceProfile: "arn:aws:iam::111122223333:instance-profile/web" },
        { iamInstanceProfile: { arn: "arn:aws:iam::111122223333:instance-profile/web" } },
      ],
    ];
    for (const [behaviour, args, inputs] of cases) {
      it(behaviour, async () => {
        assert.deepEqual(templateOf(await deploy(create(args))), { ...defaults, ...inputs });
      });
    }

    it("looks up the image that is given by id", async () => {
      const { calls } = await deploy(create({ imageId: "ami-debian" }));
      assert.deepEqual(calls, [
        {
          token: "aws:ec2/getAmi:getAmi",
          inputs: {
            filters: [{ name: "image-id", values: ["ami-debian"] }],
            includeDeprecated: true,
          },
        },
      ]);
    });

    it("looks up the image that the parameter names", async () => {
      const { calls } = await deploy(create({ imageParameter: "/images/debian" }));
      assert.deepEqual(calls, [
        { token: "aws:ssm/getParameter:getParameter", inputs: { name: "/images/debian" } },
        {
          token: "aws:ec2/getAmi:getAmi",
          inputs: {
            filters: [{ name: "image-id", values: ["ami-debian"] }],
            includeDeprecated: true,
          },
        },
      ]);
    });
  });

  describe("group", () => {
    const defaults = {
      vpcZoneIdentifiers: ["subnet-a"],
      minSize: 0,
      maxSize: 3,
      desiredCapacity: 3,
      healthCheckType: "EC2",
      healthCheckGracePeriod: 300,
      launchTemplate: { id: "lt-web", version: "3" },
      initialLifecycleHooks: [LAUNCH_HOOK, TERMINATE_HOOK],
      instanceRefresh: {
        strategy: "Rolling",
        preferences: { minHealthyPercentage: 90, maxHealthyPercentage: 100 },
      },
      tags: [
        { key: "network-interface-manager-pool", value: "Web servers", propagateAtLaunch: true },
        { key: "Name", value: "Web servers", propagateAtLaunch: true },
      ],
    };

    it("fills the pool in its subnet, with both hooks and its tags on every instance", () => {
      assert.deepEqual(groupOf(deployment), defaults);
    });

    const cases: [string, Partial<SingleZoneGroupArgs>, Record<string, unknown>][] = [
      [
        "runs fewer instances where fewer are desired",
        { desiredCapacity: 1 },
        { desiredCapacity: 1 },
      ],
      ["runs none where none are desired", { desiredCapacity: 0 }, { desiredCapacity: 0 }],
      [
        "leaves interfaces of the pool to spare, and launches first in a refresh",
        { maxSize: 2 },
        {
          maxSize: 2,
          desiredCapacity: 2,
          instanceRefresh: {
            strategy: "Rolling",
            preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150 },
          },
        },
      ],
      [
        "launches in all of its subnets",
        { subnetIds: ["subnet-a", "subnet-a2"] },
        { vpcZoneIdentifiers: ["subnet-a", "subnet-a2"] },
      ],
      ["takes the grace period", { healthCheckGracePeriod: 0 }, { healthCheckGracePeriod: 0 }],
      [
        "carries the tag key that is given",
        { tagKey: "team:pool" },
        {
          tags: [
            { key: "team:pool", value: "Web servers", propagateAtLaunch: true },
            { key: "Name", value: "Web servers", propagateAtLaunch: true },
          ],
        },
      ],
    ];
    for (const [behaviour, args, inputs] of cases) {
      it(behaviour, async () => {
        assert.deepEqual(groupOf(await deploy(create(args))), { ...defaults, ...inputs });
      });
    }

    it("leaves the hooks it is created with to their own resources from then on", () => {
      const group = find(deployment.registrations, "aws:autoscaling/group:Group", "web");
      assert.deepEqual(group.ignoreChanges, ["initialLifecycleHooks"]);
    });

    for (const hook of [LAUNCH_HOOK, TERMINATE_HOOK]) {
      it(`has a resource that is equal to the first ${hook.name}`, () => {
        const type = "aws:autoscaling/lifecycleHook:LifecycleHook";
        const { inputs } = find(deployment.registrations, type, `web-${hook.name}`);
        assert.deepEqual(inputs, { autoscalingGroupName: "web-1a2b", ...hook });
      });
    }
  });

  describe("instance refresh", () => {
    const preferencesFor = async (
      maxSize: number,
      size: number | undefined,
      args: Partial<SingleZoneGroupArgs> = {},
    ): Promise<Record<string, unknown>> => {
      const group = groupOf(await deploy(create({ maxSize, poolSize: size, ...args })));
      return asRecord(asRecord(group.instanceRefresh).preferences);
    };

    const cases: [maxSize: number, poolSize: number | undefined, min: number, max: number][] = [
      [1, 1, 90, 100],
      [3, 3, 90, 100],
      [995, 1000, 90, 100], // 101 % are ten more
      [995, 1005, 100, 101],
      [1, 2, 100, 200],
      [1, 9, 100, 200],
      [2, 3, 100, 150],
      [2, 9, 100, 150], // one first, not as many as there is room for
      [3, 4, 100, 133],
      [3, 6, 100, 133],
      [99, 100, 100, 101],
      [100, 101, 100, 101],
      [101, 102, 90, 100],
      [6, undefined, 100, 116], // on demand, where there is room for any number
      [0, 3, 90, 100],
      [0, undefined, 90, 100],
    ];
    for (const [maxSize, size, minHealthyPercentage, maxHealthyPercentage] of cases) {
      it(`keeps ${maxSize} instances on ${size ?? "any number of"} interfaces within ${minHealthyPercentage} to ${maxHealthyPercentage} %`, async () => {
        assert.deepEqual(await preferencesFor(maxSize, size), {
          minHealthyPercentage,
          maxHealthyPercentage,
        });
      });
    }

    it("launches first with further pools where it is told that they have room, too", async () => {
      const furtherPools = ["management"];
      const terminating = { minHealthyPercentage: 90, maxHealthyPercentage: 100 };
      const launching = { minHealthyPercentage: 100, maxHealthyPercentage: 133 };
      const preferencesOf = (size: number, args: Partial<SingleZoneGroupArgs>) =>
        preferencesFor(3, size, args);
      assert.deepEqual(await preferencesOf(6, { furtherPools }), terminating);
      assert.deepEqual(await preferencesOf(6, { furtherPools, launchesFirst: false }), terminating);
      assert.deepEqual(await preferencesOf(6, { furtherPools, launchesFirst: true }), launching);
      assert.deepEqual(await preferencesOf(3, { furtherPools, launchesFirst: true }), terminating);
      assert.deepEqual(await preferencesOf(6, { launchesFirst: false }), terminating);
    });

    it("runs one instance more than are desired at most, or one in a hundred", () => {
      for (let maxSize = 1; maxSize <= 1000; maxSize++) {
        const { maxHealthyPercentage } = refreshPreferences(maxSize, Infinity);
        for (const desired of [1, Math.ceil(maxSize / 2), maxSize]) {
          const running = Math.ceil((desired * maxHealthyPercentage) / 100);
          const surge = running - desired;
          assert.ok(surge >= 1 && surge <= Math.ceil(maxSize / 100), `${surge} for ${desired}`);
        }
      }
    });

    it("never runs more instances than the pool has interfaces", async () => {
      const sizes = fc
        .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 1000 }))
        .map(([size, max]) => ({ size, maxSize: Math.min(size, max) }));
      await fc.assert(
        fc.asyncProperty(sizes, async ({ size, maxSize }) => {
          const { maxHealthyPercentage } = await preferencesFor(maxSize, size);
          for (let desired = 0; desired <= maxSize; desired++) {
            const running = Math.ceil((desired * Number(maxHealthyPercentage)) / 100);
            assert.ok(running <= size, `${running} instances on ${size} interfaces`);
          }
        }),
        { numRuns: 25 }, // each creates a whole group
      );
    });
  });

  it("shows in a preview what is known before the subnet exists", async () => {
    const preview = await deploy(
      () => {
        const subnet = new aws.ec2.Subnet("new", { vpcId: "vpc-1" });
        return create({ subnetIds: [subnet.id], instanceProfile: subnet.id })();
      },
      { preview: true },
    );
    assert.deepEqual(groupOf(preview), {
      ...groupOf(deployment),
      vpcZoneIdentifiers: [UNKNOWN],
      launchTemplate: { id: UNKNOWN, version: UNKNOWN },
    });
    assert.deepEqual(templateOf(preview), {
      ...templateOf(deployment),
      iamInstanceProfile: UNKNOWN,
    });
    assert.deepEqual(preview.outputs, { "SingleZoneGroup web": { group: UNKNOWN } });
  });
});

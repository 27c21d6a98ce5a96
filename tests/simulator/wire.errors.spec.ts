import assert from "node:assert/strict";
import type { NetworkInterface } from "../../simulator/ec2";
import { type CallStage, withCalls } from "./calls";
import { subnet } from "./services";

const notAuthorised = {
  name: "UnauthorizedOperation",
  message: "You are not authorized to perform this operation.",
  status: 403,
};
const accessDenied = {
  name: "AccessDenied",
  message: "User is not authorized to perform this action.",
  status: 403,
};

/** An interface of the pool `licence`, as it was deployed. */
function interfaceOf({ region }: CallStage, pool = "licence"): NetworkInterface {
  const found = [...region.ec2.interfaces.values()].find(
    ({ tags }) => tags[region.tagKey] === pool,
  );
  if (found === undefined) throw new Error(`the stack has no pool ${pool}`);
  return found;
}

const attachTo = (NetworkInterfaceId: string, InstanceId: string, DeviceIndex = 1) => ({
  NetworkInterfaceId,
  InstanceId,
  DeviceIndex,
});

const poolTag = ({ region }: CallStage, pool = "licence") => ({ [region.tagKey]: pool });

/** Creates a group whose one instance waits in its launch hook. */
async function addWaitingGroup({ region }: CallStage, tags: Record<string, string>) {
  region.autoScaling.waitsWhilePending = false;
  region.autoScaling.createGroup({
    name: "web",
    arn: "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web",
    subnet,
    minSize: 1,
    maxSize: 1,
    desiredCapacity: 1,
    instanceType: "t4g.micro",
    tags,
    propagatedTags: tags,
    hooks: [
      {
        name: "on-launch",
        transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        heartbeatTimeoutSeconds: 300,
        defaultResult: "ABANDON",
      },
    ],
  });
  await region.run(10);
  const [member] = region.autoScaling.groupByName("web").members.values();
  if (member?.lifecycleState !== "Pending:Wait") throw new Error("no launch waits");
  const names = { AutoScalingGroupName: "web", LifecycleHookName: "on-launch" };
  return { member, action: { ...names, InstanceId: member.instance.id } };
}

describe("the role's rights on AttachNetworkInterface", () => {
  it("allow an interface and an instance of the manager's pools", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const networkInterface = interfaceOf(stage);
      const outcome = await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id));
      assert.deepEqual(outcome, { answer: undefined });
      assert.equal(networkInterface.attachment?.instanceId, id);
    }));

  it("deny an instance without the pool tag", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({ Name: "licence" });
      const networkInterface = interfaceOf(stage);
      const outcome = await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id));
      assert.deepEqual(outcome, { error: notAuthorised });
      assert.equal(networkInterface.attachment, undefined);
    }));

  it("deny an instance of a pool that is not the manager's", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage, "other"));
      const outcome = await stage.call(
        "attachNetworkInterface",
        attachTo(interfaceOf(stage).id, id),
      );
      assert.deepEqual(outcome, { error: notAuthorised });
    }));

  for (const [name, pool] of [
    ["without the pool tag", undefined],
    ["of a pool that is not the manager's", "other"],
  ] as const) {
    it(`deny an interface ${name}`, () =>
      withCalls(async (stage) => {
        const { id } = await stage.run(poolTag(stage));
        const { region } = stage;
        const tags = pool === undefined ? {} : poolTag(stage, pool);
        const own = interfaceOf(stage);
        region.ec2.createNetworkInterface({ ...own, id: "eni-1", address: "10.0.0.99", tags });
        const outcome = await stage.call("attachNetworkInterface", attachTo("eni-1", id));
        assert.deepEqual(outcome, { error: notAuthorised });
        assert.equal(region.ec2.interfaceById("eni-1").attachment, undefined);
      }));
  }

  it("are asked before EC2's own rules, but after the ids", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({});
      const networkInterface = interfaceOf(stage);
      assert.deepEqual(
        await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id, 0)),
        { error: notAuthorised },
      );
      assert.deepEqual(await stage.call("attachNetworkInterface", attachTo("eni-1", id)), {
        error: {
          name: "InvalidNetworkInterfaceID.NotFound",
          message: "The networkInterface ID 'eni-1' does not exist",
          status: 400,
        },
      });
    }));
});

describe("the role's rights on DetachNetworkInterface", () => {
  it("allow an attachment between an interface and an instance of the manager's pools", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const networkInterface = interfaceOf(stage);
      const attachment = stage.region.ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
      await stage.region.run(5);
      const outcome = await stage.call("detachNetworkInterface", { AttachmentId: attachment.id });
      assert.deepEqual(outcome, { answer: undefined });
      assert.equal(attachment.status, "detaching");
    }));

  it("deny an attachment to an instance without the pool tag", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({});
      const networkInterface = interfaceOf(stage);
      const attachment = stage.region.ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
      await stage.region.run(5);
      const outcome = await stage.call("detachNetworkInterface", { AttachmentId: attachment.id });
      assert.deepEqual(outcome, { error: notAuthorised });
      assert.equal(attachment.status, "attached");
    }));

  it("deny an attachment of an interface without the pool tag", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const networkInterface = interfaceOf(stage);
      networkInterface.tags = {};
      const attachment = stage.region.ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
      await stage.region.run(5);
      const outcome = await stage.call("detachNetworkInterface", { AttachmentId: attachment.id });
      assert.deepEqual(outcome, { error: notAuthorised });
    }));

  it("deny an attachment that is gone, since nothing has its tags any more", () =>
    withCalls(async ({ call }) => {
      const outcome = await call("detachNetworkInterface", { AttachmentId: "eni-attach-99" });
      assert.deepEqual(outcome, { error: notAuthorised });
    }));
});

describe("the role's rights on lifecycle actions", () => {
  const complete = { LifecycleActionResult: "CONTINUE" };

  it("allow a group of the manager's pools", () =>
    withCalls(async (stage) => {
      const { member, action } = await addWaitingGroup(stage, poolTag(stage));
      assert.deepEqual(await stage.call("recordLifecycleActionHeartbeat", action), {
        answer: undefined,
      });
      const outcome = await stage.call("completeLifecycleAction", { ...action, ...complete });
      assert.deepEqual(outcome, { answer: undefined });
      assert.equal(member.lifecycleState, "Pending:Proceed");
    }));

  for (const [name, pool] of [
    ["without the pool tag", undefined],
    ["of a pool that is not the manager's", "other"],
  ] as const) {
    it(`deny a group ${name}`, () =>
      withCalls(async (stage) => {
        const tags = pool === undefined ? {} : poolTag(stage, pool);
        const { member, action } = await addWaitingGroup(stage, tags);
        for (const outcome of [
          await stage.call("recordLifecycleActionHeartbeat", action),
          await stage.call("completeLifecycleAction", { ...action, ...complete }),
        ]) {
          assert.deepEqual(outcome, { error: accessDenied });
        }
        assert.equal(member.lifecycleState, "Pending:Wait");
      }));
  }
});

describe("an error on the wire", () => {
  it("reaches the SDK with EC2's code and message", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const input = attachTo(interfaceOf(stage).id, id);
      await stage.call("attachNetworkInterface", input);
      assert.deepEqual(await stage.call("attachNetworkInterface", input), {
        error: {
          name: "InvalidNetworkInterface.InUse",
          message: `Interface: [${input.NetworkInterfaceId}] in use.`,
          status: 400,
        },
      });
      const place = attachTo(interfaceOf(stage, "cluster").id, id, 1);
      assert.deepEqual(await stage.call("attachNetworkInterface", place), {
        error: {
          name: "InvalidParameterValue",
          message: `Instance '${id}' already has an interface attached at device index '1'.`,
          status: 400,
        },
      });
      assert.deepEqual(await stage.call("attachNetworkInterface", { ...place, DeviceIndex: 2 }), {
        error: {
          name: "AttachmentLimitExceeded",
          message: "Interface count 3 exceeds the limit for t4g.micro",
          status: 400,
        },
      });
    }));

  it("reaches the SDK with Auto Scaling's code and message", () =>
    withCalls(async (stage) => {
      const { action } = await addWaitingGroup(stage, poolTag(stage));
      const input = { ...action, LifecycleActionResult: "CONTINUE" };
      await stage.call("completeLifecycleAction", input);
      assert.deepEqual(await stage.call("completeLifecycleAction", input), {
        error: {
          name: "ValidationError",
          message: `No active Lifecycle Action found with instance ID ${action.InstanceId}`,
          status: 400,
        },
      });
      const other = { ...input, AutoScalingGroupName: "other" };
      assert.deepEqual(await stage.call("completeLifecycleAction", other), {
        error: {
          name: "ValidationError",
          message: "AutoScalingGroup name not found - other",
          status: 400,
        },
      });
    }));

  it("is in the journal with its code, as a call that was made", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({});
      const networkInterfaceId = interfaceOf(stage).id;
      await stage.call("attachNetworkInterface", attachTo(networkInterfaceId, id));
      const [entry] = stage.region.journal.entries.filter(({ source }) => source === "call");
      const subject = `AttachNetworkInterface ${networkInterfaceId} to ${id} at 0/1`;
      assert.equal(entry?.text, `${subject}: UnauthorizedOperation`);
      assert.deepEqual(entry.facts, {
        action: "AttachNetworkInterface",
        mutates: true,
        code: "UnauthorizedOperation",
      });
    }));

  it("is what a parameter that is missing gets", () =>
    withCalls(async ({ post }) => {
      const body = "Action=DetachNetworkInterface&Version=2016-11-15";
      assert.deepEqual((await post(body)).answer, {
        status: 400,
        body:
          "<Response><Errors><Error><Code>MissingParameter</Code><Message>" +
          "The request must contain the parameter AttachmentId" +
          "</Message></Error></Errors><RequestID>simulated</RequestID></Response>",
      });
    }));

  it("is never made into an answer where the simulator itself breaks", () =>
    withCalls(async (stage) => {
      const { region } = stage;
      const instance = await stage.run(poolTag(stage));
      Reflect.deleteProperty(instance, "subnet");
      const input = attachTo(interfaceOf(stage).id, instance.id);
      await assert.rejects(stage.call("attachNetworkInterface", input), TypeError);
      assert.equal(region.ec2.interfaceById(input.NetworkInterfaceId).attachment, undefined);
    }));
});

describe("a call's time", () => {
  it("is longer for a change than for a look, and virtual", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const lookFromMs = stage.region.clock.nowMs;
      await stage.call("describeInstances", [{ Name: "tag-key", Values: ["x"] }]);
      // The first call starts the function cold, in half a second.
      assert.equal(stage.region.clock.nowMs - lookFromMs, 500 + 100);
      const changeFromMs = stage.region.clock.nowMs;
      await stage.call("attachNetworkInterface", attachTo(interfaceOf(stage).id, id));
      assert.equal(stage.region.clock.nowMs - changeFromMs, 200);
    }));

  it("has the call carried out at its end", () =>
    withCalls(async (stage) => {
      const networkInterface = interfaceOf(stage);
      const { id } = await stage.run(poolTag(stage));
      await stage.call("attachNetworkInterface", attachTo(networkInterface.id, id));
      assert.equal(networkInterface.attachment?.attachTimeMs, stage.region.clock.nowMs);
    }));
});

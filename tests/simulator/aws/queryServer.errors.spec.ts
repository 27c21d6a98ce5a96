import assert from "node:assert/strict";
import { addWaitingGroup, attachTo, interfaceOf, poolTag, withCalls } from "./calls";

const refused = (name: string, message: string) => ({ error: { name, message, status: 400 } });

describe("the parameters of a call", () => {
  it("name the network card", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const place = { ...attachTo(interfaceOf(stage).id, id), NetworkCardIndex: 1 };
      assert.deepEqual(
        await stage.call("attachNetworkInterface", place),
        refused(
          "InvalidParameterValue",
          "Network card index '1' exceeds the number of network cards of t4g.micro",
        ),
      );
    }));

  it("name the force, which a detachment needs to be asked for twice", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const { ec2 } = stage.region;
      const attachment = ec2.attachNetworkInterface(interfaceOf(stage).id, id, 1, 0);
      await stage.region.run(5);
      const input = { AttachmentId: attachment.id };
      await stage.call("detachNetworkInterface", input);
      assert.deepEqual(
        await stage.call("detachNetworkInterface", { ...input, Force: false }),
        refused("IncorrectState", `Attachment ${attachment.id} is detaching.`),
      );
      assert.deepEqual(await stage.call("detachNetworkInterface", { ...input, Force: true }), {
        answer: undefined,
      });
    }));
});

describe("an error on the wire", () => {
  it("reaches the SDK with EC2's code and message", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run(poolTag(stage));
      const input = attachTo(interfaceOf(stage).id, id);
      await stage.call("attachNetworkInterface", input);
      assert.deepEqual(
        await stage.call("attachNetworkInterface", input),
        refused(
          "InvalidNetworkInterface.InUse",
          `Interface: [${input.NetworkInterfaceId}] in use.`,
        ),
      );
    }));

  it("reaches the SDK with Auto Scaling's code and message", () =>
    withCalls(async (stage) => {
      const { action } = await addWaitingGroup(stage, poolTag(stage));
      const input = { ...action, LifecycleActionResult: "CONTINUE" };
      await stage.call("completeLifecycleAction", input);
      assert.deepEqual(
        await stage.call("completeLifecycleAction", input),
        refused(
          "ValidationError",
          `No active Lifecycle Action found with instance ID ${action.InstanceId}`,
        ),
      );
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

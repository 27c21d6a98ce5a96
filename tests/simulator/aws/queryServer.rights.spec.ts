import assert from "node:assert/strict";
import {
  addWaitingGroup,
  attachTo,
  type CallStage,
  interfaceOf,
  poolTag,
  withCalls,
} from "./calls";

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
const notFound = (name: string, message: string) => ({ error: { name, message, status: 400 } });

/** Tags by the words for them; those of the first alone are the manager's business. */
const tagsOf: Record<string, (stage: CallStage) => Record<string, string>> = {
  "of the manager's pools": (stage) => poolTag(stage),
  "without the pool tag": () => ({ Name: "licence" }),
  "of a pool that is not the manager's": (stage) => poolTag(stage, "other"),
};
const [ours = "", ...strangers] = Object.keys(tagsOf);

describe("the role's rights on network interfaces", () => {
  const pairs = [
    [ours, ours],
    ...strangers.map((tags) => [ours, tags]),
    ...strangers.map((tags) => [tags, ours]),
  ];
  for (const [anInterface = "", anInstance = ""] of pairs) {
    const isAllowed = anInterface === ours && anInstance === ours;
    const words = `an interface ${anInterface} and an instance ${anInstance}`;
    it(`${isAllowed ? "allow" : "deny"} to attach and to detach ${words}`, () =>
      withCalls(async (stage) => {
        const networkInterface = interfaceOf(stage);
        networkInterface.tags = tagsOf[anInterface]?.(stage) ?? {};
        const { id } = await stage.run(tagsOf[anInstance]?.(stage) ?? {});
        const expected = isAllowed ? { answer: undefined } : { error: notAuthorised };
        const place = attachTo(networkInterface.id, id);
        assert.deepEqual(await stage.call("attachNetworkInterface", place), expected);
        assert.equal(networkInterface.attachment?.instanceId, isAllowed ? id : undefined);
        const { ec2 } = stage.region;
        const attachment =
          networkInterface.attachment ?? ec2.attachNetworkInterface(networkInterface.id, id, 1, 0);
        await stage.region.run(5);
        const input = { AttachmentId: attachment.id };
        assert.deepEqual(await stage.call("detachNetworkInterface", input), expected);
        assert.equal(attachment.status, isAllowed ? "detaching" : "attached");
      }));
  }

  it("are asked before EC2's own rules, but after the ids", () =>
    withCalls(async (stage) => {
      const { id } = await stage.run({});
      const taken = attachTo(interfaceOf(stage).id, id, 0);
      const outcome = await stage.call("attachNetworkInterface", taken);
      assert.deepEqual(outcome, { error: notAuthorised });
      assert.deepEqual(
        await stage.call("attachNetworkInterface", attachTo("eni-1", id)),
        notFound(
          "InvalidNetworkInterfaceID.NotFound",
          "The networkInterface ID 'eni-1' does not exist",
        ),
      );
    }));

  it("deny an attachment that is gone, since nothing has its tags, or EC2 sees first that it is gone", () =>
    withCalls(async ({ call, region }) => {
      const gone = { AttachmentId: "eni-attach-99" };
      assert.deepEqual(await call("detachNetworkInterface", gone), { error: notAuthorised });
      region.faults.undocumented = { ...region.faults.undocumented, refusesWhatIsOff: false };
      assert.deepEqual(
        await call("detachNetworkInterface", gone),
        notFound(
          "InvalidAttachmentID.NotFound",
          "The attachment ID 'eni-attach-99' does not exist",
        ),
      );
    }));
});

describe("the role's rights on lifecycle actions", () => {
  for (const [tags, ofGroup] of Object.entries(tagsOf)) {
    it(`${tags === ours ? "allow" : "deny"} those of a group ${tags}`, () =>
      withCalls(async (stage) => {
        const { member, action } = await addWaitingGroup(stage, ofGroup(stage));
        const complete = { ...action, LifecycleActionResult: "CONTINUE" };
        const expected = tags === ours ? { answer: undefined } : { error: accessDenied };
        assert.deepEqual(await stage.call("recordLifecycleActionHeartbeat", action), expected);
        assert.deepEqual(await stage.call("completeLifecycleAction", complete), expected);
        const state = tags === ours ? "Pending:Proceed" : "Pending:Wait";
        assert.equal(member.lifecycleState, state);
      }));
  }
});

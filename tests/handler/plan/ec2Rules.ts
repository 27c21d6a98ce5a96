/** EC2's rules as far as interfaces go, over a world: a call it would refuse throws. */
import assert from "node:assert/strict";
import {
  type Action,
  type ActionOf,
  ageKey,
  claimKey,
  type Instance,
  type PoolInterface,
  type World,
} from "../../../handler/types";
import { freeSlotOf } from "../arbitraryLimits";
import { onDemand, OTHER_ZONE } from "../builders";

/** The zone of each subnet. */
const ZONES: Record<string, string> = {
  ...Object.fromEntries(Object.entries(onDemand.subnetIds).map(([zone, id]) => [id, zone])),
  "subnet-b": OTHER_ZONE,
};

/** Longer than anything is waited for. */
const LONG_MS = 900_000;

/** Accepts the calls of one round; they run at once, so no attachment may count on a detachment. */
export function carryOut(observed: World, actions: Action[]): World {
  const after = structuredClone(observed);
  const ofKind = <Kind extends Action["kind"]>(kind: Kind) =>
    actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
  for (const action of ofKind("attach")) acceptAttach(after, action);
  for (const action of ofKind("create")) acceptCreate(after, action);
  for (const action of ofKind("endWithInstance")) acceptEnd(after, action);
  for (const action of ofKind("detach")) acceptDetach(after, action);
  for (const action of ofKind("delete")) acceptDelete(after, action);
  return after;
}

function acceptCreate(after: World, action: ActionOf<"create">): void {
  const { pool, instanceId, subnetId, securityGroupIds, token } = action;
  const availabilityZone = ZONES[subnetId];
  assert.ok(availabilityZone, "InvalidSubnetID.NotFound");
  assert.deepEqual(securityGroupIds, onDemand.securityGroupIds, "InvalidGroup.NotFound");
  const networkInterfaceId = `eni-of-${token}`;
  const claim = claimKey(instanceId, pool);
  const spent = Array.from({ length: after.madeCounts[claim] ?? 0 }, (_, number) =>
    number === 0 ? claim : `${claim}/${number}`,
  );
  assert.ok(
    !spent.includes(token),
    "its token is spent: EC2 would give what it gave for it before",
  );
  const isNew = after.interfaces.every((one) => one.networkInterfaceId !== networkInterfaceId);
  assert.ok(isNew, "made already");
  const number = after.interfaces.length;
  const made = { networkInterfaceId, pool, availabilityZone, address: `10.255.0.${number}` };
  after.interfaces.push({ ...made, status: "available", madeFor: instanceId });
  after.ageMs[ageKey("unused", networkInterfaceId)] = 0;
}

function acceptEnd(after: World, action: ActionOf<"endWithInstance">): void {
  const { attachment } = interfaceOf(after, action.networkInterfaceId);
  assert.equal(attachment?.attachmentId, action.attachmentId, "InvalidAttachmentID.NotFound");
  attachment.deleteOnTermination = true;
}

function acceptDelete(after: World, action: ActionOf<"delete">): void {
  const found = interfaceOf(after, action.networkInterfaceId);
  assert.equal(found.attachment, undefined, "is currently in use");
  after.interfaces = after.interfaces.filter((one) => one !== found);
}

function acceptAttach(after: World, action: ActionOf<"attach">): void {
  const { networkInterfaceId, instanceId, deviceIndex, networkCardIndex } = action;
  const found = interfaceOf(after, networkInterfaceId);
  const holder = instanceOf(after, instanceId);
  assert.equal(found.attachment, undefined, `Interface: [${networkInterfaceId}] in use.`);
  assert.equal(after.attachedTo[networkInterfaceId], undefined, "attached already");
  assert.equal(found.status, "available", "IncorrectState");
  assert.equal(holder.state, "running", "IncorrectInstanceState");
  assert.equal(holder.availabilityZone, found.availabilityZone, "not in the same zone");
  const onCard = holder.slots.filter((slot) => slot.networkCardIndex === networkCardIndex);
  const { most, cards } = after.interfaceLimits[holder.instanceType] ?? { most: 0, cards: [] };
  const limit = cards.find((card) => card.networkCardIndex === networkCardIndex)?.most ?? 0;
  assert.ok(onCard.length < limit && holder.slots.length < most, "AttachmentLimitExceeded");
  const isTaken = onCard.some((slot) => slot.deviceIndex === deviceIndex);
  assert.ok(!isTaken, `already has an interface attached at device index '${deviceIndex}'`);
  const slot = { deviceIndex, networkCardIndex };
  const attachmentId = `attach-new-${networkInterfaceId}`;
  found.attachment = {
    attachmentId,
    status: "attaching",
    instanceId,
    ...slot,
    deleteOnTermination: false,
  };
  found.status = "in-use";
  holder.slots.push({ networkInterfaceId, ...slot });
}

function acceptDetach(after: World, action: ActionOf<"detach">): void {
  const attachment = after.interfaces.find(
    (one) => one.attachment?.attachmentId === action.attachmentId,
  )?.attachment;
  assert.ok(attachment, "InvalidAttachmentID.NotFound");
  assert.ok(attachment.deviceIndex > 0 || attachment.networkCardIndex > 0, "primary interface");
  attachment.status = "detaching";
  // The manager remembers what it has forced; EC2 shows it detaching as before.
  if (action.force) after.ageMs[ageKey("forced", action.attachmentId)] = 0;
}

/**
 * EC2 finishes what it is about, reads catch up, refusals expire, and what is gone or unused is known
 * to be. What is to end with its holder does.
 */
export function letTimePass(observed: World): World {
  const after = structuredClone(observed);
  after.backoffs = {};
  after.interfaces = after.interfaces.filter(({ attachment }) => {
    const { state = "" } = after.instances[attachment?.instanceId ?? ""] ?? {};
    return !attachment?.deleteOnTermination || !["shutting-down", "terminated"].includes(state);
  });
  const missing = after.missingInstanceIds.map((id) => ageKey("missing", id));
  const kept = Object.keys(after.ageMs).filter((key) => /^(empty|leaving)\//.test(key));
  after.ageMs = Object.fromEntries([...missing, ...kept].map((key) => [key, LONG_MS]));
  for (const found of after.interfaces) {
    const { networkInterfaceId, attachment } = found;
    if (attachment?.status === "attaching") attachment.status = "attached";
    if (attachment === undefined || attachment.status === "detaching") release(after, found);
    const recentInstanceId = after.attachedTo[networkInterfaceId];
    if (recentInstanceId === undefined) continue;
    const holder = instanceOf(after, recentInstanceId);
    const slot = freeSlotOf(holder);
    if (slot === undefined) continue;
    const attachmentId = `attach-recent-${networkInterfaceId}`;
    found.attachment = {
      attachmentId,
      status: "attached",
      instanceId: recentInstanceId,
      ...slot,
      deleteOnTermination: false,
    };
    holder.slots.push({ networkInterfaceId, ...slot });
  }
  after.attachedTo = {};
  const holderIds = after.interfaces.map(({ attachment }) => attachment?.instanceId);
  after.missingInstanceIds = after.missingInstanceIds.filter((id) => holderIds.includes(id));
  const unused = after.interfaces.filter((one) => one.madeFor && !one.attachment);
  for (const one of unused) after.ageMs[ageKey("unused", one.networkInterfaceId)] = LONG_MS;
  after.isFullRead = true;
  return after;
}

function release(after: World, found: PoolInterface): void {
  const holder = after.instances[found.attachment?.instanceId ?? ""];
  if (holder !== undefined) {
    holder.slots = holder.slots.filter(
      (slot) => slot.networkInterfaceId !== found.networkInterfaceId,
    );
  }
  delete found.attachment;
  found.status = "available";
}

function interfaceOf(observed: World, networkInterfaceId: string): PoolInterface {
  const found = observed.interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  assert.ok(found, "InvalidNetworkInterfaceID.NotFound");
  return found;
}

function instanceOf(observed: World, instanceId: string): Instance {
  const found = observed.instances[instanceId];
  assert.ok(found, "InvalidInstanceID.NotFound");
  return found;
}

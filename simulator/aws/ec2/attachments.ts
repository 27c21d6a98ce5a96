import { AwsError } from "../awsError";
import { NetworkInterfaces } from "./interfaces";
import {
  checkAddresses,
  checkDetachable,
  checkNotRefused,
  checkPair,
  checkPlace,
  isPrimary,
} from "./rules";
import type { Attachment, EnaSettings, Instance, NetworkInterface, Place } from "./state";
import type { RangeMs } from "../../runtime/random";

/** How EC2's interfaces come onto instances and off them. */
export class Attachments extends NetworkInterfaces {
  /** Whether EC2 refuses a place that shows as free, as it may do after a forced detach. */
  refusesPlace: (instance: Instance, place: Place) => boolean = () => false;

  /** Attaches an interface; it is attached some time later. */
  attachNetworkInterface(
    id: string,
    instanceId: string,
    deviceIndex: number,
    networkCardIndex: number,
  ): Attachment {
    const networkInterface = this.interfaceById(id);
    const instance = this.instanceById(instanceId);
    const { random, clock, timings, faults } = this.services;
    const place = { deviceIndex, networkCardIndex };
    checkPair(networkInterface, instance, faults.undocumented);
    if (!this.isReady(networkInterface)) {
      throw new AwsError("IncorrectState", `Interface: [${id}] is pending.`);
    }
    checkPlace(instance, this.interfacesOf(instanceId), place, this.refusesPlace(instance, place));
    checkAddresses(networkInterface, instance);
    checkNotRefused(faults, { networkInterfaceId: id, instanceId, ...place }, instance);
    const attachment = this.freshAttachment(instance, place);
    this.put(networkInterface, attachment);
    this.touch(id, instanceId);
    if (faults.strikes("attachStuck")) return attachment;
    clock.after(random.between(timings.attach) + faults.delayMs("attachSlow"), () => {
      if (networkInterface.attachment !== attachment || attachment.status !== "attaching") return;
      attachment.status = "attached";
      this.report(networkInterface, "attached", instanceId);
    });
    return attachment;
  }

  protected freshAttachment({ id, ownerId }: Instance, place: Place): Attachment {
    const { random, clock } = this.services;
    return {
      id: `eni-attach-${random.hex(17)}`,
      instanceId: id,
      instanceOwnerId: ownerId,
      ...place,
      status: "attaching",
      deleteOnTermination: false,
      attachTimeMs: clock.nowMs,
    };
  }

  /** Sets how an attachment uses its network card; nothing is kept of it once that is over. */
  setEnaSettings(id: string, attachment: Attachment, settings: EnaSettings): void {
    if (Object.keys(settings).length === 0) return;
    Object.assign(attachment, settings);
    this.touch(id, attachment.instanceId);
  }

  /** Says whether EC2 deletes an interface with the instance that it is attached to. */
  setDeleteOnTermination(id: string, attachmentId: string, deleteOnTermination: boolean): void {
    const { attachment } = this.attachmentById(attachmentId, [this.interfaceById(id)]);
    attachment.deleteOnTermination = deleteOnTermination;
    this.touch(id, attachment.instanceId);
  }

  /** Detaches an interface; it is available some time later. */
  detachNetworkInterface(attachmentId: string, force: boolean): void {
    const { networkInterface, attachment } = this.attachmentById(attachmentId);
    checkDetachable(attachment, force);
    attachment.status = "detaching";
    this.touch(networkInterface.id, attachment.instanceId);
    if (!force && this.services.faults.strikes("detachStuck")) return;
    this.after(this.services.timings.detach, () => {
      this.free(networkInterface, attachment);
    });
  }

  /** EC2 takes by itself what an instance has beside its primary interface. */
  protected releaseAll({ id }: Instance, delay: RangeMs): void {
    for (const networkInterface of this.interfacesOf(id)) {
      const { attachment } = networkInterface;
      if (attachment === undefined || isPrimary(attachment)) continue;
      this.after(delay, () => {
        this.free(networkInterface, attachment);
      });
    }
  }

  private free(networkInterface: NetworkInterface, attachment: Attachment): void {
    if (networkInterface.attachment !== attachment) return;
    delete networkInterface.attachment;
    this.report(networkInterface, "detached", attachment.instanceId);
  }

  private report(
    networkInterface: NetworkInterface,
    kind: "attached" | "detached",
    instanceId: string,
  ): void {
    const { id, address } = networkInterface;
    const where = kind === "attached" ? "on" : "off";
    const facts = { networkInterfaceId: id, address, instanceId };
    this.touch(id, instanceId);
    this.services.journal.write("aws", `${address} is ${where} ${instanceId}`, facts);
    this.tell({ kind, networkInterface, instanceId });
  }
}

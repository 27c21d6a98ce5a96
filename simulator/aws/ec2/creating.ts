import { NotModelled } from "../awsError";
import { type Ec2ApiServices, interfaceResource } from "./attaching";
import type { Resource } from "../iam";
import type { Query } from "../queryProtocol";
import type { ApiCall } from "../apiAction";
import { checkUnmanaged } from "./rules";
import type { Tags } from "./state";
import { interfaceXml } from "./xml";

export function readCreate(
  { ec2, account, arnOf, subnetOf }: Ec2ApiServices,
  query: Query,
): ApiCall {
  const subnetId = query.text("SubnetId");
  const securityGroupIds = query.texts("SecurityGroupId");
  const clientToken = query.text("ClientToken");
  query.optional("Description");
  const tags = readTags(query);
  const requestTags = Object.entries(tags).map(
    ([key, value]) => [`aws:RequestTag/${key}`, value] as const,
  );
  const context = { ...Object.fromEntries(requestTags), "aws:TagKeys": Object.keys(tags) };
  const made: Resource = { arn: arnOf("network-interface/*"), tags: {}, context };
  const tagged = { ...made, context: { ...context, "ec2:CreateAction": "CreateNetworkInterface" } };
  return {
    subject: `in ${subnetId} for ${Object.values(tags).join(", ")}`,
    resources: () => [
      made,
      { arn: arnOf(`subnet/${subnetId}`, subnetOf(subnetId).ownerId), tags: {} },
      ...securityGroupIds.map((id) => ({ arn: arnOf(`security-group/${id}`), tags: {} })),
    ],
    besides: { action: "ec2:CreateTags", resources: [tagged] },
    run: () => {
      const wanted = { subnet: subnetOf(subnetId), securityGroupIds, tags, clientToken };
      const networkInterface = interfaceXml(ec2.makeNetworkInterface(wanted), ec2, account);
      return { networkInterface, clientToken };
    },
  };
}

export function readDelete(services: Ec2ApiServices, query: Query): ApiCall {
  const { ec2 } = services;
  const id = query.text("NetworkInterfaceId");
  return {
    subject: id,
    resources: () => [interfaceResource(services, ec2.interfaceById(id))],
    run: () => {
      const { operator } = ec2.interfaceById(id);
      // What a service has detached and left is anybody's to delete (EC2 user guide, "Requester-managed").
      checkUnmanaged({ id, operator });
      ec2.deleteNetworkInterface(id);
      return { return: true };
    },
  };
}

function readTags(query: Query): Tags {
  const [specification, ...others] = query.list("TagSpecification");
  if (specification === undefined || others.length > 0) {
    throw new NotModelled("an interface made without one specification of tags");
  }
  const type = specification.text("ResourceType");
  if (type !== "network-interface") throw new NotModelled(`tags of ${type}`);
  const tags = specification.list("Tag").map((tag) => {
    const pair = [tag.text("Key"), tag.text("Value")] as const;
    tag.end();
    return pair;
  });
  specification.end();
  return Object.fromEntries(tags);
}

import type { ChatMessageFragment } from "../graphql.ts";
import { FormattedText } from "./formatted-text.tsx";
import "./attachments.css";

type Attachment = ChatMessageFragment["attachments"][number];
type Block = Attachment["blocks"][number];

/** What programs add to messages: cards of CRM items, tables, links. */
export function Attachments({ attachments }: { readonly attachments: readonly Attachment[] }) {
  return attachments.filter(isShown).map((attachment, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they have no names, and never change their order.
    <div className="attachment" key={index}>
      {attachment.blocks.map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above.
        <BlockView key={at} block={block} />
      ))}
    </div>
  ));
}

/** One of which nothing is known would be an empty box. */
function isShown({ blocks }: Attachment): boolean {
  return blocks.some(({ __typename }) => __typename !== "AttachmentUnknownBlock");
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.__typename) {
    case "AttachmentText":
      return <FormattedText html={block.html} />;
    case "AttachmentLinks":
      return <Links links={block.links} />;
    case "AttachmentPictures":
      return <Links links={block.pictures} />;
    case "AttachmentFiles":
      return <Links links={block.files} />;
    case "AttachmentPeople":
      return <Links links={block.people} />;
    case "AttachmentGrid":
      return (
        <dl>
          {block.cells.map(({ name, value, url }) => (
            <div key={`${name} ${value}`}>
              <dt dir="auto">{name}</dt>
              <dd dir="auto">{url === null ? value : <OuterLink name={value} url={url} />}</dd>
            </div>
          ))}
        </dl>
      );
    case "AttachmentDelimiter":
      return <hr />;
    case "AttachmentUnknownBlock":
      return null;
    default:
      return block satisfies never;
  }
}

interface Link {
  readonly name: string | null;
  readonly url: string | null;
  readonly description?: string | null;
}

function Links({ links }: { readonly links: readonly Link[] }) {
  return (
    <ul>
      {links.map(({ name, url, description }) => (
        <li key={`${name} ${url}`}>
          <OuterLink name={name} url={url} />
          {description != null && <p dir="auto">{description}</p>}
        </li>
      ))}
    </ul>
  );
}

/** What lies elsewhere is not loaded, only led to. */
function OuterLink({ name, url }: Pick<Link, "name" | "url">) {
  const text = name ?? url;
  return url === null ? (
    text
  ) : (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" dir="auto">
      {text}
    </a>
  );
}

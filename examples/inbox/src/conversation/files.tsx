import { Download, FileText } from "lucide-react";
import type { ChatMessageFragment } from "../graphql.ts";
import { useFormats } from "../words/formats.ts";
import "./files.css";

type MessageFile = ChatMessageFragment["files"][number];

/** The files of a message: pictures and recordings shown, others to be downloaded. Their addresses are the gateway's own. */
export function Files({ files }: { readonly files: readonly MessageFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul className="files">
      {files.map((file) => (
        <li key={file.id}>
          <FileView file={file} />
        </li>
      ))}
    </ul>
  );
}

function FileView({ file }: { readonly file: MessageFile }) {
  const { kind, name, previewUrl, downloadUrl } = file;
  switch (kind) {
    case "IMAGE":
      return previewUrl === null ? <FileCard file={file} /> : <Picture file={file} previewUrl={previewUrl} />;
    case "AUDIO":
      return downloadUrl === null ? <FileCard file={file} /> : <Recording name={name} url={downloadUrl} />;
    case "VIDEO":
      return downloadUrl === null ? (
        <FileCard file={file} />
      ) : (
        <Film name={name} url={downloadUrl} posterUrl={previewUrl} />
      );
    default:
      return <FileCard file={file} />;
  }
}

function Picture({ file, previewUrl }: { readonly file: MessageFile; readonly previewUrl: string }) {
  const { name, image, downloadUrl } = file;
  return (
    <a className="picture" href={downloadUrl ?? previewUrl} target="_blank" rel="noreferrer">
      <img src={previewUrl} alt={name} loading="lazy" width={image?.width} height={image?.height} />
    </a>
  );
}

function Recording({ name, url }: { readonly name: string; readonly url: string }) {
  // biome-ignore lint/a11y/useMediaCaption: what customers record has none.
  return <audio controls preload="none" src={url} title={name} />;
}

interface FilmProps {
  readonly name: string;
  readonly url: string;
  readonly posterUrl: string | null;
}

function Film({ name, url, posterUrl }: FilmProps) {
  // biome-ignore lint/a11y/useMediaCaption: what customers record has none.
  return <video controls preload="none" src={url} poster={posterUrl ?? undefined} title={name} />;
}

function FileCard({ file: { name, size, downloadUrl } }: { readonly file: MessageFile }) {
  const formats = useFormats();
  return (
    <a className="file-card" href={downloadUrl ?? undefined} download={name}>
      <FileText aria-hidden />
      <span className="name" dir="auto">
        {name}
      </span>
      {size !== null && <span className="size">{formats.bytes(size)}</span>}
      {downloadUrl !== null && <Download aria-hidden />}
    </a>
  );
}

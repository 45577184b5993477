import {
  buildSchema,
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLEnumValue,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
} from "graphql";
import MarkdownIt from "markdown-it";
import { escapeHtml } from "./html.ts";
import type { Heading, Section } from "./markdown.ts";

export interface SchemaReference {
  readonly body: string;
  readonly headings: readonly Heading[];
  readonly sections: readonly Section[];
}

const markdown = new MarkdownIt({ html: false });
const ROOTS = ["Query", "Mutation", "Subscription"];
const KINDS = ["Operations", "Objects", "Interfaces and unions", "Inputs", "Enums", "Scalars"] as const;
type Kind = (typeof KINDS)[number];

/** The schema as a page to browse: each type with its fields, what they say of themselves, and the REST methods that they call. */
export function renderSchema(sdl: string): SchemaReference {
  const types = Object.values(buildSchema(sdl).getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const groups = KINDS.map((kind) => ({ kind, types: types.filter((type) => kindOf(type) === kind).sort(byName) }));
  const index = groups.map(
    ({ kind, types }) => `<dt>${kind}</dt><dd>${types.map(({ name }) => typeLink(name)).join(" ")}</dd>`,
  );
  const body = [
    "<h1>Schema</h1>",
    `<p>All types of the API. As a file: <a href="/schema.graphql">schema.graphql</a>, <a href="/schema.json">schema.json</a> (introspection). <code>@rest</code> names the method of the portal that a field calls.</p>`,
    `<dl class="types">${index.join("")}</dl>`,
    ...groups.flatMap(({ types }) => types.map(typeSection)),
  ].join("\n");
  return {
    body,
    headings: [],
    sections: types.map((type) => ({ heading: type.name, anchor: type.name, text: searchText(type) })),
  };
}

function byName(a: GraphQLNamedType, b: GraphQLNamedType): number {
  const rank = ({ name }: GraphQLNamedType) => (ROOTS.includes(name) ? ROOTS.indexOf(name) : ROOTS.length);
  return rank(a) - rank(b) || a.name.localeCompare(b.name);
}

function kindOf(type: GraphQLNamedType): Kind {
  if (ROOTS.includes(type.name)) return "Operations";
  if (isObjectType(type)) return "Objects";
  if (isInterfaceType(type) || isUnionType(type)) return "Interfaces and unions";
  if (isInputObjectType(type)) return "Inputs";
  return isEnumType(type) ? "Enums" : "Scalars";
}

function typeLink(name: string): string {
  return `<a href="#${name}">${name}</a>`;
}

function described(text: string | null | undefined): string {
  return text ? markdown.render(text) : "";
}

function typeSection(type: GraphQLNamedType): string {
  const interfaces = isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : [];
  const has =
    interfaces.length === 0 ? "" : ` <small>is ${interfaces.map(({ name }) => typeLink(name)).join(", ")}</small>`;
  return `<section class="type" id="${type.name}"><h2><a href="#${type.name}">${type.name}</a>${has}</h2>${described(type.description)}${members(type)}</section>`;
}

function members(type: GraphQLNamedType): string {
  if (isUnionType(type))
    return `<p>One of ${type
      .getTypes()
      .map(({ name }) => typeLink(name))
      .join(", ")}.</p>`;
  if (isEnumType(type)) return `<dl>${type.getValues().map(enumValue).join("")}</dl>`;
  if (isInputObjectType(type)) return `<dl>${Object.values(type.getFields()).map(inputField).join("")}</dl>`;
  if (!isObjectType(type) && !isInterfaceType(type)) return "";
  return `<dl>${Object.values(type.getFields())
    .map((field) => fieldEntry(type.name, field))
    .join("")}</dl>`;
}

function fieldEntry(typeName: string, field: GraphQLField<unknown, unknown>): string {
  const anchor = `${typeName}.${field.name}`;
  const methods = (field.astNode?.directives ?? []).flatMap(restMethod);
  const rest = methods.map(
    (method) => ` <a class="rest" href="/docs/methods#${escapeHtml(method)}">@rest ${escapeHtml(method)}</a>`,
  );
  const args = field.args.length === 0 ? "" : `<ul>${field.args.map(argument).join("")}</ul>`;
  return `<dt id="${anchor}"><a href="#${anchor}">${field.name}</a>: ${typeText(field.type)}${rest.join("")}</dt><dd>${described(field.description)}${args}</dd>`;
}

function restMethod({ name, arguments: given }: ConstDirectiveNode): string[] {
  if (name.value !== "rest") return [];
  return (given ?? []).flatMap(({ value }) => (value.kind === "StringValue" ? [value.value] : []));
}

function argument({ name, type, description }: GraphQLArgument): string {
  return `<li><code>${name}</code>: ${typeText(type)} ${markdown.renderInline(description ?? "")}</li>`;
}

function inputField({ name, type, description }: GraphQLInputField): string {
  return `<dt>${name}: ${typeText(type)}</dt><dd>${described(description)}</dd>`;
}

function enumValue({ name, description }: GraphQLEnumValue): string {
  return `<dt>${name}</dt><dd>${described(description)}</dd>`;
}

function typeText(type: GraphQLType): string {
  const { name } = getNamedType(type);
  const [before = "", after = ""] = String(type).split(name);
  const isOwn = !isSpecifiedScalarType(getNamedType(type));
  return `<code>${before}${isOwn ? typeLink(name) : name}${after}</code>`;
}

function searchText(type: GraphQLNamedType): string {
  const names =
    isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [];
  return [type.description ?? "", ...names].join(" ");
}

/** The portal makes titles of the customer's name and the line's. */
export function customerName(title: string): string {
  const end = title.lastIndexOf(" - ");
  return end === -1 ? title : title.slice(0, end);
}

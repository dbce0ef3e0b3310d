// Being built.
export function PromotionsPage() {
  return null;
}

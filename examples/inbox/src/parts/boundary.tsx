import { Component, type ReactNode } from "react";
import { useWords } from "../words/language.tsx";
import { Failure } from "./failure.tsx";

interface BoundaryProps {
  readonly children: ReactNode;
}

/** Says that a part of the page cannot be shown, such as one whose program did not come, in place of an empty window. */
export class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <NotShown /> : this.props.children;
  }
}

function NotShown() {
  const words = useWords();
  return <Failure text={words.notShown} onRetry={() => location.reload()} />;
}

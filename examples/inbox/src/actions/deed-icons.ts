import {
  CircleCheckBig,
  CirclePlay,
  type LucideIcon,
  MessageSquareReply,
  Pin,
  PinOff,
  Redo2,
  ShieldAlert,
  SkipForward,
  Star,
  UserRoundCheck,
  UserRoundPlus,
  Volume2,
  VolumeX,
} from "lucide-react";
import type { Deed } from "./offered.ts";

export const DEED_ICONS: Readonly<Record<Deed, LucideIcon>> = {
  answer: MessageSquareReply,
  skip: SkipForward,
  intercept: UserRoundCheck,
  join: UserRoundPlus,
  start: CirclePlay,
  transfer: Redo2,
  finish: CircleCheckBig,
  finishOnBehalf: CircleCheckBig,
  pin: Pin,
  unpin: PinOff,
  silence: VolumeX,
  speak: Volume2,
  rate: Star,
  spam: ShieldAlert,
};

import { ObjectType } from "type-graphql";
import { ChatOutcome } from "./chat-outcome.ts";
import { ChatPayload, MutationPayload } from "./mutation-payload.ts";

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatAnswer` answers.",
})
export class ChatAnswerPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatSkip` answers.",
})
export class ChatSkipPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatFinish` answers. `chat.state` tells whether the session is closed or still closing.",
})
export class ChatFinishPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatFinishOnBehalf` answers. `chat.state` tells whether the session is closed or still closing.",
})
export class ChatFinishOnBehalfPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatMarkAsSpam` answers.",
})
export class ChatMarkAsSpamPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatTransfer` answers.",
})
export class ChatTransferPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatIntercept` answers. `chat.operator` tells who is responsible now.",
})
export class ChatInterceptPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatJoin` answers.",
})
export class ChatJoinPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `sessionStart` answers. `chat.currentSession` is the session that is open now.",
})
export class SessionStartPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `sessionStartFromMessage` answers. `chat.currentSession` is the session that is open now.",
})
export class SessionStartFromMessagePayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatPin` answers.",
})
export class ChatPinPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatUnpin` answers.",
})
export class ChatUnpinPayload extends ChatOutcome {}

@ObjectType({
  implements: [MutationPayload, ChatPayload],
  simpleResolvers: true,
  description: "What `chatSetSilentMode` answers.",
})
export class ChatSetSilentModePayload extends ChatOutcome {}

// A thread for reads that are too long for the event loop.
import { answerRequests } from "./answer-requests.ts";
import { runTask } from "./reader-tasks.ts";

answerRequests(runTask);

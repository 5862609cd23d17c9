package dev.ridgepoint.model.chat;

import java.util.List;

/** A part of a template that writes text or sets variables. */
interface Statement {
  /** How a loop goes on behind a statement. */
  enum Flow {
    NEXT,
    CONTINUE,
    BREAK
  }

  Flow render(Scope scope, StringBuilder output);

  /** One after the other. */
  static Statement block(List<Statement> statements) {
    return (scope, output) -> {
      for (Statement statement : statements) {
        scope.budget().step();
        Flow flow = statement.render(scope, output);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    };
  }
}

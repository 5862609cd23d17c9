package dev.ridgepoint.model.chat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code for} statement.
 *
 * @param targets the names that an element, or each of its parts, gets
 * @param otherwise what is rendered if there is no element
 */
record Loop(
    List<String> targets,
    Expression elements,
    Expression condition,
    Statement body,
    Statement otherwise)
    implements Statement {

  @Override
  public Flow render(Scope scope, StringBuilder output) {
    List<Object> chosen = new ArrayList<>();
    for (Object element : Operators.elements(elements.evaluate(scope))) {
      scope.budget().step();
      Scope inner = scope.inner();
      assign(inner, targets, element);
      if (Operators.truth(condition.evaluate(inner))) {
        chosen.add(element);
      }
    }
    if (chosen.isEmpty()) {
      return otherwise.render(scope.inner(), output);
    }
    for (int i = 0; i < chosen.size(); i++) {
      Scope inner = scope.inner();
      assign(inner, targets, chosen.get(i));
      inner.set("loop", variables(chosen, i));
      if (body.render(inner, output) == Flow.BREAK) {
        break;
      }
    }
    return Flow.NEXT;
  }

  private static Map<String, Object> variables(List<Object> elements, int index) {
    Map<String, Object> loop = new HashMap<>();
    int length = elements.size();
    loop.put("index0", (long) index);
    loop.put("index", index + 1L);
    loop.put("revindex0", length - 1L - index);
    loop.put("revindex", (long) length - index);
    loop.put("first", index == 0);
    loop.put("last", index + 1 == length);
    loop.put("length", (long) length);
    if (index > 0) {
      loop.put("previtem", elements.get(index - 1));
    }
    if (index + 1 < length) {
      loop.put("nextitem", elements.get(index + 1));
    }
    return loop;
  }

  /** Gives one name a value, or each of several a part of it. */
  static void assign(Scope scope, List<String> targets, Object value) {
    if (targets.size() == 1) {
      scope.set(targets.getFirst(), value);
      return;
    }
    List<?> parts = Operators.elements(value);
    if (parts.size() != targets.size()) {
      throw new TemplateException(parts.size() + " values for " + targets.size() + " names");
    }
    for (int i = 0; i < parts.size(); i++) {
      scope.set(targets.get(i), parts.get(i));
    }
  }
}

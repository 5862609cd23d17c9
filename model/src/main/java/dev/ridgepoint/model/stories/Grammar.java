package dev.ridgepoint.model.stories;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules by which stories are made. A rule begins with its name and its parameters, which stand
 * for the entities that a mention of it names; each {@code -} begins an alternative, a {@link
 * Template} that goes on in the indented lines below. {@code #} begins a comment.
 */
final class Grammar {

  /** A rule. */
  record Rule(String name, List<String> parameters, List<Template> alternatives) {}

  private final Map<String, Rule> rules = new LinkedHashMap<>();

  private Grammar() {}

  /** Reads the rules of a text. */
  static Grammar parse(String text) {
    Grammar grammar = new Grammar();
    List<String> alternatives = new ArrayList<>();
    String head = "";
    for (String line : text.lines().map(String::stripTrailing).toList()) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("-")) {
        alternatives.add(line.substring(1).strip());
      } else if (line.startsWith(" ")) {
        alternatives.add((alternatives.removeLast() + " " + line.strip()).strip());
      } else {
        grammar.add(head, alternatives);
        head = line;
        alternatives.clear();
      }
    }
    grammar.add(head, alternatives);
    return grammar;
  }

  private void add(String head, List<String> alternatives) {
    if (head.isEmpty()) {
      return;
    }
    List<String> words = List.of(head.split(" "));
    Rule rule =
        new Rule(
            words.getFirst(),
            words.subList(1, words.size()),
            alternatives.stream().map(TemplateParser::parse).toList());
    if (rule.alternatives().isEmpty() || rules.put(rule.name(), rule) != null) {
      throw new IllegalArgumentException(rule.name() + " is no rule, or there twice");
    }
  }

  boolean has(String name) {
    return rules.containsKey(name);
  }

  /** The rule of a name. */
  Rule rule(String name) {
    Rule rule = rules.get(name);
    if (rule == null) {
      throw new IllegalArgumentException("no rule " + name);
    }
    return rule;
  }
}

package dev.ridgepoint.model.stories;

import dev.ridgepoint.model.stories.Grammar.Rule;
import dev.ridgepoint.model.stories.Template.Casting;
import dev.ridgepoint.model.stories.Template.Choice;
import dev.ridgepoint.model.stories.Template.Condition;
import dev.ridgepoint.model.stories.Template.Mention;
import dev.ridgepoint.model.stories.Template.Part;
import dev.ridgepoint.model.stories.Template.Rows;
import dev.ridgepoint.model.stories.Template.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One story while it is told: who and what is in it, and the words so far. */
final class Telling {
  private final Grammar grammar;
  private final Words words;
  private final RandomGenerator random;
  private final Map<String, Entity> entities = new HashMap<>();
  // No two entities are the same row, as long as there are others.
  private final Set<Entity> cast = Collections.newSetFromMap(new IdentityHashMap<>());
  private final StringBuilder story = new StringBuilder();

  private Telling(Grammar grammar, Words words, RandomGenerator random) {
    this.grammar = grammar;
    this.words = words;
    this.random = random;
  }

  /** What a rule without parameters makes, before {@link Spelling}. */
  static String of(String rule, Grammar grammar, Words words, RandomGenerator random) {
    Telling telling = new Telling(grammar, words, random);
    telling.choose(grammar.rule(rule).alternatives(), Map.of());
    return telling.story.toString();
  }

  /**
   * Tells one of the alternatives whose conditions hold.
   *
   * @param names what entities are called where the alternatives stand
   */
  private void choose(List<Template> alternatives, Map<String, String> names) {
    List<Template> possible = new ArrayList<>(alternatives.size());
    for (Template each : alternatives) {
      if (each.conditions().stream().allMatch(condition -> holds(condition, names))) {
        possible.add(each);
      }
    }
    tell(one(possible), names);
  }

  private boolean holds(Condition condition, Map<String, String> names) {
    Entity entity = entities.get(names.getOrDefault(condition.entity(), condition.entity()));
    return entity != null && condition.tags().stream().allMatch(tag -> tag.holds(entity));
  }

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private void tell(Template template, Map<String, String> names) {
    for (Part part : template.parts()) {
      switch (part) {
        case Text text -> story.append(text.text());
        case Choice choice -> choose(choice.alternatives(), names);
        case Casting casting -> {
          String name = names.getOrDefault(casting.entity(), casting.entity());
          if (grammar.has(name)) {
            throw new IllegalArgumentException(name + " is a rule, and cannot be an entity");
          }
          entities.put(name, cast(casting.sources()));
        }
        case Mention mention -> mention(mention, names);
      }
    }
  }

  private Entity cast(List<Rows> sources) {
    return sources.stream().map(this::row).reduce(Entity::with).orElseThrow();
  }

  private Entity row(Rows source) {
    List<Entity> fitting =
        words.table(source.table()).stream()
            .filter(row -> source.tags().stream().allMatch(tag -> tag.holds(row)))
            .toList();
    List<Entity> free = fitting.stream().filter(row -> !cast.contains(row)).toList();
    Entity row = one(free.isEmpty() ? fitting : free);
    cast.add(row);
    return row;
  }

  private void mention(Mention mention, Map<String, String> names) {
    int start = story.length();
    String entity = names.getOrDefault(mention.name(), mention.name());
    if (grammar.has(mention.name())) {
      Rule rule = grammar.rule(mention.name());
      choose(rule.alternatives(), arguments(rule, mention, names));
    } else if (entities.containsKey(entity)) {
      story.append(field(entities.get(entity), mention));
    } else {
      story.append(field(one(words.table(entity)), mention));
    }
    if (mention.capital() && start < story.length()) {
      story.setCharAt(start, Character.toUpperCase(story.charAt(start)));
    }
  }

  private static Map<String, String> arguments(
      Rule rule, Mention mention, Map<String, String> names) {
    if (rule.parameters().size() != mention.arguments().size()) {
      throw new IllegalArgumentException(mention + " has not the parameters of " + rule.name());
    }
    Map<String, String> inside = new HashMap<>();
    for (int i = 0; i < rule.parameters().size(); i++) {
      String argument = mention.arguments().get(i);
      inside.put(rule.parameters().get(i), names.getOrDefault(argument, argument));
    }
    return inside;
  }

  private static String field(Entity entity, Mention mention) {
    return entity
        .field(mention.field())
        .orElseThrow(() -> new IllegalArgumentException(entity + " has no " + mention.field()));
  }
}

package dev.ridgepoint.model.serving;

import dev.ridgepoint.engine.panels.KvCache;
import dev.ridgepoint.engine.panels.PagePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Pages of keys and values that were computed, by the tokens that they are of, so that a sequence
 * that begins with the same ones need not compute them again. Keys and values of a token depend on
 * all tokens before it: pages form a tree, in which a page follows the one before it. Of a page
 * that differs from the prompt somewhere the part before is taken, too: whoever goes on from there
 * writes to a copy.
 *
 * <p>vLLM finds whole pages by hashes of their tokens and of all before them (Kwon et al. 2023,
 * arXiv:2309.06180; "Automatic Prefix Caching"), SGLang any number of tokens in a radix tree (Zheng
 * et al. 2024, RadixAttention, arXiv:2312.07104). Pages here are too large to be shared only in
 * whole, and tokens are compared themselves. What was used least recently is forgotten first.
 */
final class PrefixCache implements AutoCloseable {
  private final PagePool pool;
  private final Node root = new Node(null, new int[0], -1);
  private final List<Node> pages = new ArrayList<>();
  private long uses;

  /** A page, and those that followed it; only whole pages are followed. */
  private static final class Node {
    final Node parent;
    final int[] tokens;
    final int page;
    final List<Node> children = new ArrayList<>();
    long lastUse;

    Node(Node parent, int[] tokens, int page) {
      this.parent = parent;
      this.tokens = tokens;
      this.page = page;
    }
  }

  /**
   * An empty one.
   *
   * @param pool of all caches that are given and taken
   */
  PrefixCache(PagePool pool) {
    this.pool = pool;
  }

  /**
   * Makes an empty cache begin with the longest known beginning of a prompt, without its last
   * token, which must be fed.
   */
  void begin(KvCache cache, int[] prompt) {
    int pageTokens = pool.layout().pagePositions();
    int[] shared = new int[pool.layout().pages(prompt.length)];
    int count = 0;
    int length = 0;
    Node at = root;
    int common = pageTokens;
    while (common == pageTokens) {
      Node best = null;
      common = 0;
      for (Node child : at.children) {
        int ofChild = commonTokens(child.tokens, prompt, length);
        if (ofChild > common) {
          common = ofChild;
          best = child;
        }
      }
      if (best != null) {
        best.lastUse = ++uses;
        shared[count++] = best.page;
        length += common;
        at = best;
      }
    }
    cache.share(Arrays.copyOf(shared, count), length);
  }

  /** Tokens of a page that a prompt has from {@code from} on, its last token apart. */
  private static int commonTokens(int[] page, int[] prompt, int from) {
    int end = Math.min(from + page.length, prompt.length - 1);
    int mismatch = Arrays.mismatch(page, 0, end - from, prompt, from, end);
    return mismatch < 0 ? end - from : mismatch;
  }

  /**
   * Holds the pages of a sequence from now on, unless its first ones have left its window.
   *
   * @param length of its tokens, which its cache holds; the last page may be partly filled
   */
  void add(KvCache cache, int[] tokens, int length) {
    int pageTokens = pool.layout().pagePositions();
    Node at = root;
    for (int from = 0; from < length && cache.firstPage() == 0; from += pageTokens) {
      int[] ofPage = Arrays.copyOfRange(tokens, from, Math.min(from + pageTokens, length));
      Node parent = at;
      int page = cache.page(from / pageTokens);
      at = find(parent, ofPage).orElseGet(() -> insert(parent, ofPage, page));
      at.lastUse = ++uses;
    }
  }

  private static Optional<Node> find(Node parent, int[] tokens) {
    return parent.children.stream().filter(each -> isBeginning(tokens, each.tokens)).findFirst();
  }

  /** In the place of pages that hold only a part of it. */
  private Node insert(Node parent, int[] tokens, int page) {
    parent.children.stream()
        .filter(each -> isBeginning(each.tokens, tokens))
        .toList()
        .forEach(this::remove);
    Node node = new Node(parent, tokens, page);
    pool.share(page);
    parent.children.add(node);
    pages.add(node);
    return node;
  }

  private static boolean isBeginning(int[] tokens, int[] of) {
    return tokens.length <= of.length
        && Arrays.equals(tokens, 0, tokens.length, of, 0, tokens.length);
  }

  private void remove(Node leaf) {
    leaf.parent.children.remove(leaf);
    pages.remove(leaf);
    pool.release(leaf.page);
  }

  /** Forgets pages until so many of the pool are free, or sequences hold all that are left. */
  void evictUntilFree(int wanted) {
    Optional<Node> oldest = Optional.of(root);
    while (pool.freePages() < wanted && oldest.isPresent()) {
      oldest =
          pages.stream()
              .filter(each -> each.children.isEmpty() && !pool.isShared(each.page))
              .min(Comparator.comparingLong(each -> each.lastUse));
      oldest.ifPresent(this::remove);
    }
  }

  /** Forgets all pages. */
  @Override
  public void close() {
    pages.forEach(each -> pool.release(each.page));
    pages.clear();
    root.children.clear();
  }
}

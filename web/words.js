// The page's words, by language.

const WORDS = {
  en: {
    other: "中文", welcome: "Sign in to chat", welcomeOpen: "Choose a name and start to chat", user: "Name", password: "Password", login: "Sign in",
    conversations: "Conversations", conversation: "Conversation", theme: "Light or dark", logout: "Sign out", search: "Search", newChat: "New chat",
    noConversations: "No conversations yet. Start one with +", choose: "Choose a conversation, or start one with +", back: "Back",
    write: "Write a message", send: "Send", person: "Person", group: "Group", name: "Name", cancel: "Cancel", start: "Start",
    online: "Online", offline: "Offline", connecting: "Connecting…", waiting: "No connection, trying again…", ended: "Signed out",
    groupChat: "Group", you: "You", today: "Today", yesterday: "Yesterday", sending: "Sending", sent: "Delivered", retry: "Not sent. Send again",
    elsewhere: "You were signed out: {info}", refused: "Wrong name or password", unreachable: "The server cannot be reached",
    code4: "Too many messages at once", code6: "There is no such user or group", code7: "A rule refused it", code8: "It is too long",
    code9: "Not reachable now", code0: "No connection", code3: "It could not be sent", whoIsOnline: "Online now",
  },
  zh: {
    other: "English", welcome: "登录后开始聊天", welcomeOpen: "取个名字，开始聊天", user: "用户名", password: "密码", login: "登录",
    conversations: "会话列表", conversation: "会话", theme: "浅色或深色", logout: "退出登录", search: "搜索", newChat: "新会话",
    noConversations: "还没有会话，点 + 开始", choose: "选择一个会话，或点 + 开始", back: "返回",
    write: "输入消息", send: "发送", person: "联系人", group: "群组", name: "名称", cancel: "取消", start: "开始",
    online: "在线", offline: "离线", connecting: "连接中…", waiting: "连接已断开，正在重试…", ended: "已退出",
    groupChat: "群组", you: "我", today: "今天", yesterday: "昨天", sending: "发送中", sent: "已送达", retry: "未发送，点此重发",
    elsewhere: "已退出登录：{info}", refused: "用户名或密码错误", unreachable: "无法连接服务器",
    code4: "发送太频繁", code6: "没有这个用户或群组", code7: "被规则拒绝", code8: "消息太长",
    code9: "对方暂时不在线", code0: "没有连接", code3: "发送失败", whoIsOnline: "当前在线",
  },
};

let language = localStorage.getItem("hpush-language") ?? (/^zh\b/i.test(navigator.language) ? "zh" : "en");

/** A word; `{info}` in it is replaced. */
export function word(name, values = {}) {
  return (WORDS[language][name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function locale() { return language === "zh" ? "zh-CN" : "en"; }

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("hpush-language", language);
}

/** Fills in the words of all elements that name one: data-t (text), data-tp (placeholder), data-tl (label). */
export function translate() {
  document.documentElement.lang = locale();
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = word(element.dataset.t);
  for (const element of document.querySelectorAll("[data-tp]")) element.placeholder = word(element.dataset.tp);
  for (const element of document.querySelectorAll("[data-tl]")) {
    element.setAttribute("aria-label", word(element.dataset.tl));
    if (element.tagName === "BUTTON") element.title = word(element.dataset.tl);
  }
  for (const element of document.querySelectorAll("[data-do=language]")) element.textContent = word("other");
}

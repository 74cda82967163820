%% Asks and tells an agent of another node, which it starts itself and which ends with it.
-module(asking).
-export([open/1, call/2, close/0]).

open([Name]) ->
    ok = closed_loop:open(),
    Path = filename:dirname(code:which(?MODULE)),
    Cookie = atom_to_list(erlang:get_cookie()),
    Loopback = ["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
    Arguments = Loopback ++ ["-setcookie", Cookie, "-pa", Path],
    {ok, Far, Node} = peer:start_link(#{name => Name, host => "127.0.0.1", longnames => true, args => Arguments}),
    [Asked, Told] = [started(Node, Agent) || Agent <- [asked, told]],
    persistent_term:put(?MODULE, {Far, Asked, Told}),
    ok.

started(Node, Name) ->
    {ok, Agent} = erpc:call(Node, counting, start, [Name]),
    Agent.

close() -> peer:stop(agent(1)).

call(<<"ask">>, Words) ->
    [Agents, WarmUpMs, Ms] = [binary_to_integer(Word) || Word <- Words],
    Agent = agent(2),
    closed_loop:run(Agents, WarmUpMs, Ms, fun(Caller, N) -> ask(Agent, closed_loop:message_of(Caller, N)) end);
call(<<"tell">>, [Count]) -> tell(agent(3), binary_to_integer(Count)).

%% However many ask: one agent answers, with the question.
ask(Agent, Question) -> Question = gen_statem:call(Agent, {question, Question}).

%% Messages between two processes keep their order: once the question is answered, all before it are handled.
tell(Agent, Count) ->
    {Before, _} = gen_statem:call(Agent, state),
    tell(Agent, 1, Count),
    After = Before + Count,
    {After, _} = gen_statem:call(Agent, state, infinity),
    [].

tell(_Agent, N, Count) when N > Count -> ok;
tell(Agent, N, Count) ->
    gen_statem:cast(Agent, {message, closed_loop:message_of(0, N)}),
    tell(Agent, N + 1, Count).

agent(N) -> element(N, persistent_term:get(?MODULE)).

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CosmosKdump.ImageCheck.Symbols;

/// <summary>
/// A readable form of a linker's symbol name. ilc writes <c>ASSEMBLY_NAMESPACE_TYPE__METHOD</c>, with every character
/// that is neither a letter nor a digit as an underscore, type arguments in angle brackets, and a number behind
/// overloads. Other names (assembler, C) are left as they are and have no type.
/// </summary>
/// <param name="Type">Namespace and type, without the leading <c>CosmosKdump.</c>; empty if there is none.</param>
/// <param name="Member">Name of the method or label.</param>
public readonly record struct ManagedName(string Type, string Member)
{
    private const string Assembly = "kernel_";
    private const string Root = "CosmosKdump.";

    /// <summary>Type and member, divided by a dot.</summary>
    public override string ToString() => Type.Length == 0 ? Member : $"{Type}.{Member}";

    /// <summary>Parses a linker's name.</summary>
    public static ManagedName Parse(string linkName)
    {
        int divider = Divider(linkName);
        if (!linkName.StartsWith(Assembly, StringComparison.Ordinal) || divider <= Assembly.Length)
        {
            return new ManagedName("", linkName);
        }
        string type = TypeName(linkName[..divider]);
        string member = MemberName(linkName[(divider + 2)..]);
        return new ManagedName(type.StartsWith(Root, StringComparison.Ordinal) ? type[Root.Length..] : type, member);
    }

    /// <summary>Position of the first "__" outside of angle brackets, or -1.</summary>
    private static int Divider(string text)
    {
        int depth = 0;
        for (int i = 1; i + 2 < text.Length; i++)
        {
            depth += text[i] == '<' ? 1 : text[i] == '>' ? -1 : 0;
            if (depth == 0 && text[i] == '_' && text[i + 1] == '_')
            {
                return i;
            }
        }
        return -1;
    }

    private static string TypeName(string mangled)
    {
        int bracket = mangled.IndexOf('<');
        string plain = bracket < 0 ? mangled : WithoutNumber(mangled[..bracket]);
        plain = plain.StartsWith(Assembly, StringComparison.Ordinal) ? plain[Assembly.Length..] : plain;
        return plain.Replace('_', '.') + (bracket < 0 ? "" : Arguments(mangled[bracket..]));
    }

    private static string MemberName(string mangled)
    {
        int bracket = mangled.IndexOf('<');
        string name = bracket < 0 ? mangled : mangled[..bracket];
        // The pipeline is compiled once: which method it is can be told without the whole list, and the table is smaller.
        string arguments = bracket < 0 ? "" : Arguments(mangled[bracket..], most: 1);
        if (WithoutNumber(name) is "_ctor" or "_cctor")
        {
            return "." + WithoutNumber(name)[1..];
        }
        // <Outer>g__Local|4_0, a local function, comes as _Outer_g__Local_4_0.
        int local = name.IndexOf("_g__", StringComparison.Ordinal);
        if (name[0] == '_' && local > 0)
        {
            return $"{name[1..local]}.{WithoutNumber(WithoutNumber(name[(local + 4)..]))}{arguments}";
        }
        return Implemented(WithoutNumber(name)) + arguments;
    }

    /// <summary>Drops the namespace of an explicitly implemented interface: IThing.Do.</summary>
    private static string Implemented(string name)
    {
        string[] parts = name.Split('_');
        int face = Array.FindIndex(parts, p => p.Length > 1 && p[0] == 'I' && char.IsAsciiLetterUpper(p[1]));
        if (face <= 0 || face == parts.Length - 1)
        {
            return name;
        }
        return parts[face] + "." + string.Join('_', parts[(face + 1)..]);
    }

    private static string WithoutNumber(string name)
    {
        int underscore = name.LastIndexOf('_');
        bool isNumber = underscore > 0 && underscore < name.Length - 1
            && name.AsSpan(underscore + 1).IndexOfAnyExceptInRange('0', '9') < 0;
        return isNumber ? name[..underscore] : name;
    }

    /// <summary>Type arguments with their last names only: &lt;Nested,Byte&gt;; of more than the most, the first ones.</summary>
    private static string Arguments(string mangled, int most = int.MaxValue)
    {
        int depth = 0;
        int start = 1;
        var arguments = new List<string>();
        for (int i = 0; i < mangled.Length; i++)
        {
            depth += mangled[i] == '<' ? 1 : mangled[i] == '>' ? -1 : 0;
            bool isNext = depth == 1 && i > start && i + 1 < mangled.Length && mangled[i] == '_' && mangled[i + 1] == '_';
            if (isNext || depth == 0)
            {
                arguments.Add(LastName(TypeName(mangled[start..i])));
                start = i + 2;
                i++;
            }
            if (depth == 0)
            {
                break;
            }
        }
        IEnumerable<string> shown = arguments.Where(a => a.Length != 0).Take(most);
        return new StringBuilder("<").AppendJoin(',', shown).Append(arguments.Count > most ? ",..>" : ">").ToString();
    }

    private static string LastName(string type)
    {
        int bracket = type.IndexOf('<');
        int dot = type.LastIndexOf('.', (bracket < 0 ? type.Length : bracket) - 1);
        return type[(dot + 1)..];
    }
}
